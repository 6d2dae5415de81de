package io.darter.agent.task;

import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.util.Optional;

/**
 * The leases that a download grants itself while there is no scheduler, and the one of them that is at the origin: one run
 * of missing pieces after the other. Owned by the download's thread.
 *
 * <p>Self-made leases have negative numbers; nobody but this node ever hears of them.
 */
final class Autonomy {
    private static final int ATTEMPTS_MAX = 5;
    private static final int NEAR_PIECES = 4;
    private static final long RETRY_FIRST_NANOS = 200_000_000;

    private long lastId;
    private boolean running;
    /** The piece that the run under way is at. */
    private int at;

    private int failures;
    private long notBeforeNanos = Long.MIN_VALUE;

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

    long nextId() {
        return --lastId;
    }

    /** Whether the origin may be asked: nothing is on its way from there, and no pause after a failure lasts. */
    boolean isDue(long nowNanos) {
        return !running && (notBeforeNanos == Long.MIN_VALUE || nowNanos - notBeforeNanos >= 0);
    }

    /**
     * What is missing next.
     *
     * @param from where a reader waits; what is missing before it comes last
     */
    Optional<PieceRun> gap(PieceMap taken, int from) {
        int first = taken.nextClear(from);
        if (first == taken.pieces()) {
            first = taken.nextClear(0);
        }
        if (first == taken.pieces()) {
            return Optional.empty();
        }
        int end = first;
        while (end < taken.pieces() && !taken.get(end)) {
            end++;
        }
        return Optional.of(new PieceRun(first, end - first));
    }

    /** A lease on the origin. */
    GrantedLease begin(ContentKey key, PieceRun run) {
        running = true;
        at = run.first();
        Lease lease = new Lease(nextId(), key, run, Source.ORIGIN, Long.MAX_VALUE);
        return new GrantedLease(lease, Optional.empty(), new byte[0]);
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

    /** Waits a little longer each time; false after too many failures in a row, which are counted anew then. */
    boolean mayRetry(long nowNanos) {
        failures++;
        notBeforeNanos = nowNanos + (RETRY_FIRST_NANOS << failures);
        if (failures < ATTEMPTS_MAX) {
            return true;
        }
        failures = 0;
        return false;
    }
}
