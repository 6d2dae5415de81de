package io.darter.agent.schedulerlink;

import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTrace;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.util.List;

/** What the scheduler says. Called on one thread at a time, in order, and mostly on the one that moves the link's bytes: must not wait for
 * anything. */
public interface LinkListener {
    /** The scheduler is there (again), and knows nothing of this node: say what is wanted and held. */
    void linked();

    void unlinked();

    void described(ContentKey key, long sizeBytes, int pieceBytes, boolean proved);

    void granted(GrantedLease lease);

    void revoked(ContentKey key, long leaseId);

    /** With whom to go on with this content if the scheduler should be silent; the list before it counts no more. */
    default void partners(ContentKey key, List<Parent> nodes) {}

    void assist(ContentSource content, String task);

    /** What happened to these contents, as far as it is known; never waits. */
    default List<ContentTrace> traces(List<String> keys) {
        return List.of();
    }

    /** A child found these pieces of ours wrong. */
    default void recheck(ContentKey key, PieceRun run) {}

    /** What is held of the content is wrong, unless the whole is proved: it is to be thrown away and wanted anew. */
    default void discarded(ContentKey key) {}

    void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus);
}
