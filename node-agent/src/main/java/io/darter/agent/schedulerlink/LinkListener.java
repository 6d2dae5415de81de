package io.darter.agent.schedulerlink;

import io.darter.agent.task.ContentSource;
import io.darter.swarm.ContentKey;
import io.darter.swarm.scheduling.FailureReason;

/** What the scheduler says. Called on one virtual thread at a time, in order; must not wait for the network. */
public interface LinkListener {
    /** The scheduler is there (again), and knows nothing of this node: say what is wanted and held. */
    void linked();

    void unlinked();

    void described(ContentKey key, long sizeBytes, int pieceBytes);

    void granted(GrantedLease lease);

    void revoked(ContentKey key, long leaseId);

    void assist(ContentSource content, String task);

    void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus);
}
