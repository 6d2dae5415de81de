package io.darter.agent.peer;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of an answer, with back-pressure: nothing more is read from the network than is taken here. */
public interface PieceBody extends AutoCloseable {
    /**
     * Fills {@code target} as far as bytes are here, waiting for at least one; -1 at the end. Blocks the (virtual) thread.
     *
     * @throws TransferException if no byte comes for the stall time, or the answer breaks off
     */
    int read(ByteBuffer target) throws TransferException, InterruptedException;

    /** Takes bytes where they lie; they are the giver's again when it returns. */
    interface Taker {
        void take(ByteBuffer bytes) throws IOException, InterruptedException;
    }

    /**
     * Hands on what is here, at most {@code bytesMax}, as {@link #read} would; a body that has its bytes in memory already
     * spares copying them to {@code scratch}.
     *
     * @param scratch a buffer of the caller's, its content of no matter
     */
    default int pass(ByteBuffer scratch, int bytesMax, Taker taker) throws IOException, InterruptedException {
        scratch.clear().limit(Math.min(bytesMax, scratch.capacity()));
        int count = read(scratch);
        if (count > 0) {
            taker.take(scratch.flip());
        }
        return count;
    }

    /** How the source answered, for a person; empty where there is nothing to say. */
    default String answer() {
        return "";
    }

    /** Gives up what is left. */
    @Override
    void close();
}
