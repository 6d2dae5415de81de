package io.darter.agent.peer;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.util.Optional;

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

    /**
     * What a node holds of a content that it takes part in.
     *
     * @throws TransferException MISSING if it has nothing to do with the content; else as {@link #fetch}
     */
    default Have have(Parent parent, ContentKey key) throws TransferException, InterruptedException {
        throw new TransferException(FailureReason.MISSING, "this client does not ask what others hold", null);
    }

    /** SHA-256 of each piece of the run, one after the other, as the parent verified them. */
    default byte[] digests(Parent parent, ContentKey key, PieceRun run) throws TransferException, InterruptedException {
        throw new TransferException(FailureReason.MISSING, "this client does not ask for digests", null);
    }

    @Override
    void close();

    /**
     * What a node holds.
     *
     * @param fetching what it gets from the origin at the moment
     */
    record Have(long sizeBytes, int pieceBytes, PieceMap pieces, Optional<PieceRun> fetching) {}

    /**
     * Where a parent is, who it must prove to be, and our permission to ask it.
     *
     * @param capability empty: that of any node of the cluster, which is good for public contents
     */
    record Parent(NodeId node, String host, int port, byte[] capability) {}
}
