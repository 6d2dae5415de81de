package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A download as a caller sees it: when somebody lied and everything is fetched again, a caller that was given nothing yet
 * waits on, and one that was is cut, since what it has is wrong.
 */
final class PersistentTask implements ContentTask {
    /** More than the scheduler allows different fetchers: it has the last word on whether it is the origin that is wrong. */
    private static final int ATTEMPTS_MAX = 5;

    private final Download first;
    /** Another task for the same content, once the first has ended. */
    private final Supplier<ContentTask> again;

    PersistentTask(Download first, Supplier<ContentTask> again) {
        this.first = first;
        this.again = again;
    }

    @Override
    public ContentKey key() {
        return first.key();
    }

    @Override
    public long sizeBytes() {
        return first.sizeBytes();
    }

    @Override
    public void copyTo(ByteSink sink, long from, long to) throws DarterException, IOException, InterruptedException {
        Counting counted = new Counting(sink);
        ContentTask task = first;
        long position = from;
        for (int attempt = 1; ; attempt++) {
            try {
                if (task instanceof PersistentTask persistent) {
                    task = persistent.first;
                }
                task.copyTo(counted, position, to);
                return;
            } catch (DarterException e) {
                if (e.code() != ErrorCode.SOURCE_LIED || counted.given || attempt == ATTEMPTS_MAX) {
                    throw e;
                }
            } catch (ContentReader.Damaged damaged) {
                if (attempt == ATTEMPTS_MAX) {
                    throw damaged;
                }
                position = damaged.position(); // somebody wrote into a file that is shared with them
            }
            if (task instanceof Download download) {
                download.awaitOver();
            }
            task = again.get();
        }
    }

    /** All callers of one download have the same task. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PersistentTask task && task.first.equals(first);
    }

    @Override
    public int hashCode() {
        return first.hashCode();
    }

    /** Knows whether the caller was given anything. */
    private static final class Counting implements ByteSink {
        private final ByteSink sink;
        private boolean given;

        Counting(ByteSink sink) {
            this.sink = sink;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException, InterruptedException {
            given = true;
            sink.write(bytes);
        }

        @Override
        public boolean takesFiles() {
            return sink.takesFiles();
        }

        @Override
        public void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException {
            given = true;
            sink.writeFile(file, offset, count);
        }

        @Override
        public boolean sharesFiles() {
            return sink.sharesFiles();
        }

        @Override
        public void awaitFilesTaken() throws IOException, InterruptedException {
            sink.awaitFilesTaken();
        }
    }
}
