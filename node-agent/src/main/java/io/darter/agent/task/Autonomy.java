package io.darter.agent.task;

import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.util.Optional;

/**
 * What a download permits itself while there is no scheduler: after half a second of silence, one run of missing pieces
 * after the other from the origin. Owned by the download's thread.
 *
 * <p>Self-made leases have negative numbers; nobody but this node ever hears of them.
 */
final class Autonomy {
    static final long SILENCE_NANOS = 500_000_000;
    /** A scheduler that is linked answers a Want at once; one that does not for so long is asked again, or as good as none. */
    static final long SILENCE_LINKED_NANOS = 10_000_000_000L;

    private static final int ATTEMPTS_MAX = 5;
    private static final int NEAR_PIECES = 4;
    private static final long RETRY_FIRST_NANOS = 200_000_000;

    private final ContentKey key;
    private long lastId;
    private boolean running;
    /** The piece that the run under way is at. */
    private int at;

    private int failures;
    private long notBeforeNanos = Long.MIN_VALUE;

    Autonomy(ContentKey key) {
        this.key = key;
    }

    static boolean isOwn(long leaseId) {
        return leaseId < 0;
    }

    /** Why there is no scheduler to ask, in words. */
    static String why(boolean aloof, boolean linked, boolean expected) {
        if (aloof) {
            return "the scheduler knows another cut of this content";
        }
        if (linked) {
            return "it did not answer";
        }
        return expected ? "it could not be reached" : "this node has not joined a cluster";
    }

    /**
     * The next lease to take, if one is due.
     *
     * @param from where a reader waits; what is missing before it comes last
     */
    Optional<GrantedLease> next(PieceMap verified, int from, long nowNanos) {
        if (running || (notBeforeNanos != Long.MIN_VALUE && nowNanos < notBeforeNanos)) {
            return Optional.empty();
        }
        int first = verified.nextClear(from);
        if (first == verified.pieces()) {
            first = verified.nextClear(0);
        }
        if (first == verified.pieces()) {
            return Optional.empty();
        }
        int end = first;
        while (end < verified.pieces() && !verified.get(end)) {
            end++;
        }
        running = true;
        at = first;
        Lease lease = new Lease(--lastId, key, new PieceRun(first, end - first), Source.ORIGIN, Long.MAX_VALUE);
        return Optional.of(new GrantedLease(lease, Optional.empty(), new byte[0]));
    }

    void arrived(int piece) {
        failures = 0;
        at = piece;
    }

    /** Whether the run under way reaches this piece late or not at all. */
    boolean isFarFrom(int piece) {
        return running && (piece < at || piece > at + NEAR_PIECES);
    }

    /** The run is over, for good or bad. */
    void ended() {
        running = false;
    }

    /** Waits a little longer each time; false after too many failures in a row. */
    boolean mayRetry(long nowNanos) {
        failures++;
        notBeforeNanos = nowNanos + (RETRY_FIRST_NANOS << failures);
        return failures < ATTEMPTS_MAX;
    }
}
