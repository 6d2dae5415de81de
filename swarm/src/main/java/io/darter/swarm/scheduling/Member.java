package io.darter.swarm.scheduling;

import io.darter.swarm.PieceMap;
import java.util.ArrayList;
import java.util.List;

/** One node in one swarm: a child while it lacks pieces, a parent as soon as it has one. */
final class Member {
    /** Room for more costs every peer of a large swarm. */
    private static final int USUAL_LEASES = 4;

    final NodeState node;
    final ContentState content;
    /** Verified pieces, by the node's word. */
    final PieceMap have;
    /** Pieces of unfinished leases. */
    final PieceMap requested;
    /** Unfinished leases of this child, in the order they were granted. */
    final List<GrantedLease> leases = new ArrayList<>(USUAL_LEASES);
    /** Unfinished leases on this parent. */
    final List<GrantedLease> serving = new ArrayList<>(USUAL_LEASES);

    boolean live;
    /** First piece the reader waits for. */
    int reader;
    /** The scheduler gave up on it: it holds what it has, and is granted nothing. */
    boolean givenUp;
    /** It sent bytes that were not the piece: nobody is sent to it for this content again. */
    boolean quarantined;
    /** After failures nobody is sent to it before this time. */
    long suspendedUntilNanos = Long.MIN_VALUE;
    /** Failures as a parent since the last success. */
    int failures;
    /** The origin refused it. */
    boolean refused;
    /** It is not sent to the origin before this time. */
    long originBackoffUntilNanos = Long.MIN_VALUE;

    int originFailures;
    /** It is granted nothing before this time. */
    long pausedUntilNanos = Long.MIN_VALUE;

    boolean gone;
    /** Counted in {@link ContentState#liveStarving}. */
    boolean starving;

    int originLeases;
    /** Parents that it has unfinished leases on. */
    int parents;
    /** Children that have unfinished leases on it, those with slow links not counted. */
    int children;
    /** Positions in the content's sets, -1 = not in it. */
    final int[] positions = {-1, -1, -1, -1, -1};

    boolean wokenAsChild;
    boolean wokenAsParent;
    private List<Block> blocks = List.of();

    private record Block(Member parent, int failures, long untilNanos) {}

    Member(NodeState node, ContentState content) {
        this.node = node;
        this.content = content;
        this.have = new PieceMap(content.geometry.pieces());
        this.requested = new PieceMap(content.geometry.pieces());
    }

    /** @param piece of any number: one that is not there is brought to the nearest that is */
    void readsFrom(int piece) {
        reader = Math.clamp(piece, 0, Math.max(0, have.pieces() - 1));
    }

    boolean wanting() {
        return !gone && !givenUp && !have.isFull();
    }

    /** May be named as a source. */
    boolean askable() {
        return !gone && !quarantined && suspendedUntilNanos == Long.MIN_VALUE;
    }

    int peerLeases() {
        return leases.size() - originLeases;
    }

    boolean isBlocked(Member parent, long nowNanos) {
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).parent == parent) {
                return blocks.get(i).untilNanos > nowNanos;
            }
        }
        return false;
    }

    /** This child does not ask that parent for a while, twice as long after each failure. */
    void block(Member parent, long nowNanos, long baseNanos) {
        int failures = 1;
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).parent == parent) {
                failures = blocks.remove(i).failures + 1;
                break;
            }
        }
        if (blocks.isEmpty()) {
            blocks = new ArrayList<>(1); // most never have one
        }
        blocks.add(new Block(parent, failures, nowNanos + (baseNanos << Math.min(failures - 1, 6))));
    }

    void unblock(Member parent) {
        if (!blocks.isEmpty()) {
            blocks.removeIf(block -> block.parent == parent);
        }
    }
}
