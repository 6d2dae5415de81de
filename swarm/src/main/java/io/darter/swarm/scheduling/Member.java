package io.darter.swarm.scheduling;

import io.darter.swarm.PieceMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    /** The origin refused it. */
    boolean refused;

    boolean gone;
    /** Counted in {@link ContentState#liveStarving}. */
    boolean starving;

    int originLeases;
    /** Parents that it has unfinished leases on. */
    int parents;
    /** Children that have unfinished leases on it, those with slow links not counted. */
    int children;
    // Positions in the content's sets, -1 = not in it. An array of them would cost a large swarm twice as much.
    private int amongMembers = -1;
    private int amongAvailable = -1;
    private int amongHungry = -1;
    private int amongOpen = -1;
    private int amongSeeking = -1;

    boolean wokenAsChild;
    boolean wokenAsParent;
    private @Nullable Setbacks setbacks;

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

    /** The node says that it does not hold what it held: its disk was emptied. */
    boolean hasLost(@Nullable PieceMap now) {
        if (now == null || now.pieces() != have.pieces()) {
            return false;
        }
        for (int word = 0; word < now.wordCount(); word++) {
            if ((have.word(word) & ~now.word(word)) != 0) {
                return true;
            }
        }
        return false;
    }

    boolean wanting() {
        return !gone && !givenUp && !have.isFull();
    }

    /** May be named as a source. */
    boolean askable() {
        return !gone
                && !quarantined
                && node.worksForOthers()
                && (setbacks == null || setbacks.suspendedUntilNanos == Long.MIN_VALUE);
    }

    int peerLeases() {
        return leases.size() - originLeases;
    }

    /** Where in the set it is, -1 = not in it. */
    int position(MemberSet.Kind set) {
        return switch (set) {
            case MEMBERS -> amongMembers;
            case AVAILABLE -> amongAvailable;
            case HUNGRY -> amongHungry;
            case OPEN -> amongOpen;
            case SEEKING -> amongSeeking;
        };
    }

    /** For the set itself only. */
    void position(MemberSet.Kind set, int position) {
        switch (set) {
            case MEMBERS -> amongMembers = position;
            case AVAILABLE -> amongAvailable = position;
            case HUNGRY -> amongHungry = position;
            case OPEN -> amongOpen = position;
            case SEEKING -> amongSeeking = position;
        }
    }

    /** What went wrong with it, to be changed. */
    Setbacks setbacks() {
        Setbacks known = setbacks;
        if (known == null) {
            known = new Setbacks();
            setbacks = known;
        }
        return known;
    }

    /** It is granted nothing now. */
    boolean isPaused(long nowNanos) {
        return setbacks != null && setbacks.pausedUntilNanos > nowNanos;
    }

    /** It is not sent to the origin now. */
    boolean isBackingOff(long nowNanos) {
        return setbacks != null && setbacks.originBackoffUntilNanos > nowNanos;
    }

    /** This child does not ask that parent now. */
    boolean isBlocked(Member parent, long nowNanos) {
        return setbacks != null && setbacks.isBlocked(parent, nowNanos);
    }

    /** The origin has sent it something. */
    void originSucceeded() {
        if (setbacks != null) {
            setbacks.originFailures = 0;
        }
    }

    /** That parent has sent it all that it was asked for. */
    void succeededFrom(Member parent) {
        if (setbacks != null) {
            setbacks.unblock(parent);
        }
        if (parent.setbacks != null) {
            parent.setbacks.failures = 0;
        }
    }
}
