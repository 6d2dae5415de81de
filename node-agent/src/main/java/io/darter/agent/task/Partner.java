package io.darter.agent.task;

import io.darter.agent.peer.PieceClient.Have;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Another node as one download knows it while it goes on without the scheduler. Owned by the download's thread. */
final class Partner {
    private static final long ASK_AGAIN_NANOS = 300_000_000;
    /** Of one that answers no more nothing is expected after that. */
    private static final long STALE_NANOS = 2_000_000_000;

    /** While it is being asked it counts: its answer may wait behind pieces, and a silent connection ends by itself. */
    private static final long ASKING_NANOS = 30_000_000_000L;

    private static final long FAILED_NANOS = 1_000_000_000;
    private static final long ABSENT_NANOS = 3_000_000_000L;
    private static final int LEASES_MAX = 2;
    /** What it says that it fetches is believed for so long without a sign of progress. */
    private static final long FETCHING_NANOS = 15_000_000_000L;
    /** Of one that fails so often without a piece between, nothing is believed any more. */
    private static final int FAILURES_MAX = 6;

    private Parent place;
    private @Nullable PieceMap pieces;
    private Optional<PieceRun> fetching = Optional.empty();
    private boolean asking;
    private boolean answered;
    private boolean barred;
    private long heardNanos;
    private long newsNanos;
    private int failures;
    private long askNanos;
    private long blockedUntilNanos;
    private int leases;

    Partner(Parent place, long nowNanos) {
        this.place = place;
        this.askNanos = nowNanos;
        this.blockedUntilNanos = nowNanos;
    }

    NodeId node() {
        return place.node();
    }

    Parent place() {
        return place;
    }

    /** A newer permission, or another address. */
    void moved(Parent to) {
        place = to;
    }

    boolean isDue(long nowNanos) {
        return !asking && !barred && nowNanos - askNanos >= 0;
    }

    void asked() {
        asking = true;
    }

    /** True if that is news. */
    boolean heard(Have have, PieceGeometry geometry, long nowNanos) {
        asking = false;
        answered = true;
        heardNanos = nowNanos;
        askNanos = nowNanos + ASK_AGAIN_NANOS;
        if (have.sizeBytes() != geometry.sizeBytes() || have.pieceBytes() != geometry.pieceBytes()) {
            pieces = null; // it is cut otherwise there: of no use here
            return false;
        }
        int before = pieces == null ? -1 : pieces.count();
        boolean news = before != have.pieces().count() || !fetching.equals(have.fetching());
        pieces = have.pieces();
        fetching = have.fetching();
        newsNanos = news ? nowNanos : newsNanos;
        return news;
    }

    void silent(FailureReason reason, long nowNanos) {
        asking = false;
        answered = true;
        pieces = null;
        fetching = Optional.empty();
        askNanos = nowNanos + (reason == FailureReason.MISSING ? ABSENT_NANOS : FAILED_NANOS);
    }

    /** Whether it has said something, be it that it has nothing. */
    boolean answered() {
        return answered;
    }

    /** It takes part in the content, and was there a moment ago. */
    boolean isAlive(long nowNanos) {
        return !barred && pieces != null && nowNanos - heardNanos < (asking ? ASKING_NANOS : STALE_NANOS);
    }

    boolean holds(int piece) {
        return pieces != null && pieces.get(piece);
    }

    Optional<PieceRun> fetching(long nowNanos) {
        return fetching.filter(run -> nowNanos - newsNanos < FETCHING_NANOS);
    }

    boolean isFree(long nowNanos) {
        return leases < LEASES_MAX && nowNanos - blockedUntilNanos >= 0;
    }

    int leases() {
        return leases;
    }

    void granted() {
        leases++;
    }

    void over() {
        leases--;
    }

    /** A piece came from it. */
    void delivered() {
        failures = 0;
    }

    /** A transfer from it failed. */
    void failed(FailureReason reason, long nowNanos) {
        failures += reason == FailureReason.RETURNED ? 0 : 1;
        barred |= failures >= FAILURES_MAX;
        switch (reason) {
            case CORRUPT -> barred = true;
            case RETURNED -> {}
            case MISSING, STALLED, UNREACHABLE, ORIGIN_REFUSED, CHANGED -> {
                blockedUntilNanos = nowNanos + FAILED_NANOS;
                pieces = null;
                askNanos = nowNanos;
            }
        }
    }
}
