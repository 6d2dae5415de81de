package io.darter.agent.peer;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceRun;

/** Fetches pieces from other nodes. Safe for use by many threads. */
public interface PieceClient extends AutoCloseable {
    /**
     * Asks a parent for a run of pieces; blocks the (virtual) thread until the head of its answer is here.
     *
     * @param bytesExpected length of the run; an answer of another length is a failure
     * @throws TransferException if there is no connection, no right answer, or no byte for the stall time (1 s)
     */
    PieceBody fetch(Parent parent, ContentKey key, PieceRun run, long bytesExpected)
            throws TransferException, InterruptedException;

    @Override
    void close();

    /** Where a parent is, who it must prove to be, and our permission to ask it. */
    record Parent(NodeId node, String host, int port, byte[] capability) {}
}
