package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A content that is here or on its way. Safe for use by many threads. */
public interface ContentTask {
    ContentKey key();

    long sizeBytes();

    /**
     * Hands the bytes {@code [from, to)} to the sink in order, each as soon as it is verified; blocks the (virtual) thread
     * while they are not yet here or the sink is not ready for more. Where the content has a digest, its last piece is
     * given only after the whole is proved.
     *
     * @throws DarterException if the content cannot be had
     * @throws IOException from the sink
     */
    void copyTo(ByteSink sink, long from, long to) throws DarterException, IOException, InterruptedException;

    /** Takes bytes; blocks while it cannot; the buffer is the caller's again when it returns. */
    interface ByteSink {
        void write(ByteBuffer bytes) throws IOException, InterruptedException;

        /** Whether it rather takes parts of files, which spares copying. */
        default boolean takesFiles() {
            return false;
        }

        /** Whether it reads nothing from the files it is given, but wants a name of them, shared with whoever has one. */
        default boolean sharesFiles() {
            return false;
        }

        /** Takes a part of a file, if it {@link #takesFiles}; does not close the file. */
        default void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException {
            throw new UnsupportedOperationException("this sink takes no files");
        }

        /** Waits until it reads nothing any more from the files that it was given. */
        default void awaitFilesTaken() throws IOException, InterruptedException {}
    }
}
