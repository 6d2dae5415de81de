package io.darter.swarm.scheduling;

import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose word the pieces of one content rest on. A piece's digest is the word of whoever brought it first; only the whole
 * shows whether that word was good. When it was not, all who brought pieces are suspect, and the content is fetched again
 * by one node alone, so that the next time it is clear who lied.
 */
final class Trust {
    /** So many wrong wholes from different fetchers, and it is the origin that is wrong. */
    static final int WRONG_WHOLES_MAX = 3;

    private static final int PROVERS = 2;
    /** Those who were told to throw all away say within this time what they want. */
    private static final long RETURN_NANOS = 2_000_000_000L;

    /** Who brought each piece first; null: nobody yet. */
    private final @Nullable NodeId[] broughtBy;
    /** For lookups only. */
    private final Set<NodeId> liars = new HashSet<>();

    private final Set<NodeId> suspects = new HashSet<>();
    /** Found the whole right. */
    private final Set<NodeId> provers = new HashSet<>();
    /** Fetched or offered a wrong whole alone, in that order. */
    private final List<NodeId> convicted = new ArrayList<>();
    /** After a wrong whole only this node fetches from the origin. */
    private @Nullable Member soleFetcher;

    private int wrongWholes;
    private long returnsAwaitedUntilNanos = Long.MIN_VALUE;

    Trust(int pieces) {
        this.broughtBy = new NodeId[pieces];
    }

    void brought(int piece, NodeId node) {
        if (broughtBy[piece] == null) {
            broughtBy[piece] = node;
        }
    }

    void proved(NodeId node) {
        for (NodeId bringer : broughtBy) {
            if (node.equals(bringer)) {
                return; // of course it says so
            }
        }
        provers.add(node);
    }

    /** Two nodes that brought none of it have proved the whole: one that says otherwise is wrong itself. */
    boolean isProved(NodeId exceptBy) {
        return provers.size() - (provers.contains(exceptBy) ? 1 : 0) >= PROVERS;
    }

    /** The whole is wrong: who is behind it? Forgets who brought what, since everything is brought anew. */
    List<NodeId> wholeIsWrong(long nowNanos) {
        List<NodeId> behind = new ArrayList<>();
        for (int piece = 0; piece < broughtBy.length; piece++) {
            NodeId node = broughtBy[piece];
            if (node != null && !behind.contains(node)) {
                behind.add(node);
            }
            broughtBy[piece] = null;
        }
        wrongWholes++;
        provers.clear();
        soleFetcher = null;
        returnsAwaitedUntilNanos = nowNanos + RETURN_NANOS;
        if (behind.size() == 1) {
            liars.add(behind.getFirst());
            convicted.add(behind.getFirst());
        } else {
            suspects.addAll(behind);
        }
        return behind;
    }

    /**
     * Whether a node's word that it holds a piece counts. Of those who were there when a whole was wrong only what they
     * fetched since, with the scheduler's leave, and what others brought too.
     */
    boolean believes(NodeId node, int piece, @Nullable GrantedLease lease) {
        boolean doubted = isLiar(node) || isSuspect(node);
        boolean fetched = lease != null && lease.fromOrigin() && lease.contains(piece);
        return !doubted || fetched || broughtBy[piece] != null;
    }

    /** The node says that it holds something on nobody's word but its own, which does not count. */
    boolean doubts(NodeId node, PieceMap have) {
        for (int piece = 0; piece < Math.min(broughtBy.length, have.pieces()); piece++) {
            if (have.get(piece) && !believes(node, piece, null)) {
                return true;
            }
        }
        return false;
    }

    void lied(NodeId node) {
        liars.add(node);
    }

    boolean isLiar(NodeId node) {
        return liars.contains(node);
    }

    boolean isSuspect(NodeId node) {
        return suspects.contains(node);
    }

    /**
     * Those who brought a wrong whole alone while there is a right one, as this node says; each only once. As long as nobody
     * has found a right whole, they may have been given wrong bytes, or the digest may be one that no bytes have.
     */
    List<NodeId> takeConvicted(NodeId prover) {
        if (isLiar(prover)) {
            return List.of();
        }
        List<NodeId> taken = List.copyOf(convicted);
        convicted.clear();
        return taken;
    }

    boolean hasBeenWrong() {
        return wrongWholes > 0;
    }

    boolean originIsWrong() {
        return wrongWholes >= WRONG_WHOLES_MAX;
    }

    /** Perhaps one comes back that may fetch. */
    boolean isAwaitingReturns(long nowNanos) {
        return nowNanos < returnsAwaitedUntilNanos;
    }

    boolean mayFetch(Member member) {
        return !hasBeenWrong() || soleFetcher == null || soleFetcher.gone || soleFetcher == member;
    }

    void fetches(Member member) {
        if (hasBeenWrong()) {
            soleFetcher = member;
        }
    }
}
