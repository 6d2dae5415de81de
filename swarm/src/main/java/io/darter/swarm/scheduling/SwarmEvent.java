package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened; the only input of {@link SwarmScheduler}. */
public sealed interface SwarmEvent {
    /** A node's link is up. Events of nodes that are not up are ignored. */
    record NodeUp(NodeId node, NodeTraits traits) implements SwarmEvent {}

    /** Zone, rack or duty of a node whose link is up are others now. */
    record NodeChanged(NodeId node, NodeTraits traits) implements SwarmEvent {}

    /** A node's link is gone: its leases are void, nobody fetches from it. */
    record NodeDown(NodeId node) implements SwarmEvent {}

    /**
     * A node wants a content, or (with every piece held) offers it.
     *
     * @param have the pieces that the node holds and has verified, or null if it holds none and the geometry is unknown to it
     * @param live a caller waits for it; a live want goes before a preheat
     * @param reader the first piece that the caller waits for, if it does not want the content from its front
     * @param fetching what the node is fetching from the origin now, with leases that were granted before its link broke
     */
    record Wanted(
            NodeId node,
            ContentSpec content,
            @Nullable PieceMap have,
            boolean live,
            int reader,
            List<Fetching> fetching)
            implements SwarmEvent {
        public Wanted {
            fetching = List.copyOf(fetching);
        }

        public Wanted(NodeId node, ContentSpec content, @Nullable PieceMap have, boolean live, int reader) {
            this(node, content, have, live, reader, List.of());
        }

        public Wanted(NodeId node, ContentSpec content, @Nullable PieceMap have, boolean live) {
            this(node, content, have, live, 0);
        }
    }

    /** A lease on the origin whose transfer is under way: the same number whoever is the scheduler. */
    record Fetching(long leaseId, PieceRun run) {}

    /**
     * Pieces of a lease arrived and were verified.
     *
     * @param tookNanos from request (or from the piece before in the same lease) to the last byte of the run
     */
    record Verified(NodeId node, ContentKey content, long leaseId, PieceRun run, long tookNanos)
            implements SwarmEvent {}

    /** A lease ended early; what it had not yet delivered is open again. */
    record LeaseFailed(NodeId node, ContentKey content, long leaseId, FailureReason reason) implements SwarmEvent {}

    /**
     * The origin said to a node that it has too much to do (429 or 503). The node keeps its lease and asks again by itself.
     *
     * @param pauseNanos until when the origin wants to be left alone, from now
     */
    record OriginBusy(NodeId node, ContentKey content, long pauseNanos) implements SwarmEvent {}

    /**
     * The node has every piece, each with the digest that it was promised, and the whole is not the content. It has thrown
     * all of it away.
     */
    record WholeWrong(NodeId node, ContentKey content) implements SwarmEvent {}

    /** The node has found the whole to be the content. */
    record Proved(NodeId node, ContentKey content) implements SwarmEvent {}

    /** The first piece that the node's reader waits for. */
    record ReaderMoved(NodeId node, ContentKey content, int piece) implements SwarmEvent {}

    /** The node neither wants nor holds the content any more. */
    record Released(NodeId node, ContentKey content) implements SwarmEvent {}

    /** Time passed: expiries, slow parents. At least every 100 ms. */
    record Tick() implements SwarmEvent {}
}
