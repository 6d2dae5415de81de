package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A content that was in the store before it was asked for. The disk is not believed: a piece that is not what it was
 * verified to be is fetched again while the caller waits.
 */
final class FinishedContent implements ContentTask {
    private static final Logger log = LoggerFactory.getLogger(FinishedContent.class);

    private final ContentSource source;
    private final ContentReader reader;
    private final Supplier<ContentTask> again;
    private final LongConsumer delivered;

    /**
     * @param again the download of what is missing
     * @param delivered is told the size of the whole, once handed to a caller, and of every part
     */
    FinishedContent(ContentSource source, ContentReader reader, Supplier<ContentTask> again, LongConsumer delivered) {
        this.source = source;
        this.reader = reader;
        this.again = again;
        this.delivered = delivered;
    }

    @Override
    public ContentKey key() {
        return source.key();
    }

    @Override
    public long sizeBytes() {
        return source.sizeBytes();
    }

    @Override
    public void copyTo(ByteSink sink, long from, long to) throws DarterException, IOException, InterruptedException {
        try {
            reader.copyAtRest(sink, from, to);
        } catch (ContentReader.Damaged damaged) {
            log.atWarn().addKeyValue("content", source.key()).log("fetched again: " + damaged.getMessage());
            ContentTask rest = again.get();
            if (rest instanceof FinishedContent) {
                throw Failures.ofStore(source, damaged); // the store cannot let go of it
            }
            rest.copyTo(sink, damaged.position(), to);
            return;
        }
        delivered.accept(to - from);
    }
}
