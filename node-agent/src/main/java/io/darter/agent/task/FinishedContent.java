package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.util.function.Consumer;

/** A content that was in the store before it was asked for. */
final class FinishedContent implements ContentTask {
    private final ContentSource source;
    private final ContentReader reader;
    private final Consumer<Long> delivered;

    /** @param delivered is told the size of the whole, once handed to a caller, and of every part */
    FinishedContent(ContentSource source, ContentReader reader, Consumer<Long> delivered) {
        this.source = source;
        this.reader = reader;
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
        reader.copyTo(sink, from, to);
        delivered.accept(to - from);
    }
}
