package io.darter.appliance.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Granted leases that are not over, so that verified bytes can be counted by source. One without progress is kept far
 * longer than the core keeps it: its last pieces may still be on their way. Not thread-safe.
 */
final class LeaseBook {
    private static final long IDLE_NANOS = 300_000_000_000L;

    private final Map<Long, Entry> peerLeases = new HashMap<>();
    private final Map<Long, Entry> originLeases = new LinkedHashMap<>();

    /** One lease. */
    static final class Entry {
        final NodeId node;
        final ContentKey content;
        final boolean fromOrigin;
        /** Null: the origin. */
        final @Nullable NodeId parent;

        final PieceRun run;
        private final PieceMap arrived;
        private long touchedNanos;

        Entry(NodeId node, Lease lease, boolean fromOrigin, long nowNanos) {
            this.node = node;
            this.content = lease.content();
            this.fromOrigin = fromOrigin;
            this.parent = lease.source() instanceof Source.Peer(NodeId peer) ? peer : null;
            this.run = lease.run();
            this.arrived = new PieceMap(run.count());
            this.touchedNanos = nowNanos;
        }

        /** @return true when that was the rest of the lease */
        private boolean arrived(PieceRun pieces, long nowNanos) {
            touchedNanos = nowNanos;
            for (int piece = pieces.first(); piece < pieces.end(); piece++) {
                if (run.contains(piece)) {
                    arrived.set(piece - run.first());
                }
            }
            return arrived.isFull();
        }
    }

    void granted(NodeId node, Lease lease, long nowNanos) {
        boolean fromOrigin = lease.source() instanceof Source.Origin;
        (fromOrigin ? originLeases : peerLeases).put(lease.id(), new Entry(node, lease, fromOrigin, nowNanos));
    }

    /** Counts the pieces in, and returns their lease if it is this node's for this content and was not over. */
    @Nullable
    Entry arrived(long leaseId, NodeId node, ContentKey content, PieceRun pieces, long nowNanos) {
        Entry entry = find(leaseId, node, content);
        if (entry == null) {
            return null;
        }
        if (entry.arrived(pieces, nowNanos)) {
            over(leaseId);
        }
        return entry;
    }

    /** Whether the node holds this lease on the content's origin. */
    boolean isFromOrigin(long leaseId, NodeId node, ContentKey content) {
        Entry entry = find(leaseId, node, content);
        return entry != null && entry.fromOrigin;
    }

    @Nullable
    Entry find(long leaseId, NodeId node, ContentKey content) {
        Entry entry = peerLeases.getOrDefault(leaseId, originLeases.get(leaseId));
        return entry != null && entry.node.equals(node) && entry.content.equals(content) ? entry : null;
    }

    void over(long leaseId) {
        peerLeases.remove(leaseId);
        originLeases.remove(leaseId);
    }

    void nodeDown(NodeId node) {
        removeIf(entry -> entry.node.equals(node));
    }

    void released(NodeId node, ContentKey content) {
        removeIf(entry -> entry.node.equals(node) && entry.content.equals(content));
    }

    void expire(long nowNanos) {
        removeIf(entry -> nowNanos - entry.touchedNanos > IDLE_NANOS);
    }

    /** Unfinished leases on origins: few, whatever the number of nodes. */
    Collection<Entry> originLeases() {
        return originLeases.values();
    }

    /**
     * Connections to origins by task. A node uses one for all its leases of one content.
     *
     * @param taskOf the task for which a node fetches a content
     */
    Map<String, Integer> originConnections(BiFunction<NodeId, ContentKey, Optional<String>> taskOf) {
        Set<String> connections = new HashSet<>();
        Map<String, Integer> byTask = new HashMap<>();
        for (Entry lease : originLeases.values()) {
            if (connections.add(lease.node.value() + '/' + lease.content.value())) {
                taskOf.apply(lease.node, lease.content).ifPresent(task -> byTask.merge(task, 1, Integer::sum));
            }
        }
        return byTask;
    }

    private void removeIf(Predicate<Entry> condition) {
        peerLeases.values().removeIf(condition);
        originLeases.values().removeIf(condition);
    }
}
