package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import java.util.List;

/** What is to be done; the only output of {@link SwarmScheduler}. */
public sealed interface SwarmCommand {
    /** Tell a node how the content is cut; comes before its first grant. */
    record Describe(NodeId node, ContentKey content, PieceGeometry geometry) implements SwarmCommand {}

    record Grant(NodeId node, Lease lease) implements SwarmCommand {}

    /** Take a lease back if its transfer has not started. */
    record Revoke(NodeId node, ContentKey content, long leaseId) implements SwarmCommand {}

    /** Ask a seed to take part: it answers with {@link SwarmEvent.Wanted}. */
    record Assist(NodeId seed, ContentSpec content) implements SwarmCommand {}

    /** No source can deliver what the node wants: origin refused for good, and no peer holds it. */
    record GiveUp(NodeId node, ContentKey content, FailureReason reason) implements SwarmCommand {}

    /**
     * What is known of the content's pieces is wrong: forget it, and tell the members to throw away what they hold and to
     * say anew what they want.
     *
     * @param liars nodes whose word on this content counts no more
     */
    record Restart(ContentKey content, List<NodeId> liars, List<NodeId> members) implements SwarmCommand {}

    /**
     * The node holds what counts for nothing on its word alone: it throws away what it holds and says anew what it wants. It
     * would give back every lease for that, and its own whole might be wrong once more.
     */
    record Discard(NodeId node, ContentKey content) implements SwarmCommand {}

    /** Nobody wants or holds the content: whatever is kept beside the core for it can go. */
    record Forget(ContentKey content) implements SwarmCommand {}
}
