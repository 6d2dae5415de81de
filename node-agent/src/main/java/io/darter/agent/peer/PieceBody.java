package io.darter.agent.peer;

import java.nio.ByteBuffer;

/** The bytes of an answer, with back-pressure: nothing more is read from the network than is taken here. */
public interface PieceBody extends AutoCloseable {
    /**
     * Fills {@code target} as far as bytes are here, waiting for at least one; -1 at the end. Blocks the (virtual) thread.
     *
     * @throws TransferException if no byte comes for the stall time, or the answer breaks off
     */
    int read(ByteBuffer target) throws TransferException, InterruptedException;

    /** How the source answered, for a person; empty where there is nothing to say. */
    default String answer() {
        return "";
    }

    /** Gives up what is left. */
    @Override
    void close();
}
