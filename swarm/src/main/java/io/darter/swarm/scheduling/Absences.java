package io.darter.swarm.scheduling;

import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What nodes whose link broke took along: the pieces that they hold and those that they were fetching from the origin. For a
 * moment nobody else is sent to the origin for them, since a link breaks more often than a node, and its transfers go on
 * without it.
 */
final class Absences {
    /** A node whose link broke is mostly back after a second; one that died costs the others no more than this. */
    static final long GRACE_NANOS = 2_500_000_000L;

    /** How many absent nodes each piece may come back with. */
    private final int[] awaited;
    /** In the order in which they end. */
    private final Map<NodeId, Absence> absences = new LinkedHashMap<>();

    private int fetchers;

    private record Absence(PieceMap pieces, boolean fetching, long untilNanos) {}

    Absences(int pieces) {
        this.awaited = new int[pieces];
    }

    boolean covers(int piece) {
        return awaited[piece] > 0;
    }

    /** Absent nodes that perhaps still have their connection to the origin. */
    int fetchers() {
        return fetchers;
    }

    /** Its link is gone; it is a member still. */
    void begins(Member member, long nowNanos) {
        PieceMap pieces = member.askable() ? member.have.copy() : new PieceMap(awaited.length);
        for (GrantedLease lease : member.leases) {
            for (int piece = lease.first(); lease.fromOrigin() && piece < lease.end(); piece++) {
                pieces.set(piece);
            }
        }
        ends(member.content, member.node.id);
        if (pieces.count() > 0) {
            boolean fetching = member.originLeases > 0;
            absences.put(member.node.id, new Absence(pieces, fetching, nowNanos + GRACE_NANOS));
            fetchers += fetching ? 1 : 0;
            count(pieces, 1);
        }
    }

    /** The node has said what it holds and fetches now. */
    void ends(ContentState content, NodeId node) {
        Absence absence = absences.remove(node);
        if (absence != null) {
            fetchers -= absence.fetching ? 1 : 0;
            count(absence.pieces, -1);
            for (int piece = 0; piece < awaited.length; piece++) {
                content.recover(piece);
            }
        }
    }

    /** Ends the absences that have lasted too long. */
    void expire(ContentState content, long nowNanos) {
        while (!absences.isEmpty()) {
            Map.Entry<NodeId, Absence> oldest = absences.entrySet().iterator().next();
            if (oldest.getValue().untilNanos > nowNanos) {
                return;
            }
            ends(content, oldest.getKey());
        }
    }

    /** Nobody is waited for any more. */
    void forget(ContentState content) {
        expire(content, Long.MAX_VALUE);
    }

    private void count(PieceMap pieces, int change) {
        for (int piece = 0; piece < awaited.length; piece++) {
            awaited[piece] += pieces.get(piece) ? change : 0;
        }
    }
}
