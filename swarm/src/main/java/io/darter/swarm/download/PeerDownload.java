package io.darter.swarm.download;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in one swarm: which of the granted leases to start, and what to tell the scheduler when.
 *
 * <p>A lease on a peer starts while that parent has fewer than {@link DownloadLimits#transfersPerParent()} requests in
 * flight; the others wait here, so that the scheduler can still take them back. Leases on the origin wait for nothing
 * but the one before: a node has one connection to the origin for one content.
 *
 * <p>A report is held back only while so much other work is under way that the scheduler need not hear of it yet. The
 * next outcome lets it go, and every transfer has an outcome, so no timer is needed.
 *
 * <p>Not thread-safe: one thread owns a download. Times are nanoseconds on the clock of the {@code now} parameters,
 * which must also be that of {@link Lease#expiresAtNanos()}.
 */
public final class PeerDownload {
    /** With fewer sources the node's link is not full. */
    private static final int PARTNERS = 2;

    private final ContentKey key;
    private final PieceGeometry geometry;
    private final PieceMap verified;
    private final DownloadLimits limits;
    private final List<HeldLease> waiting = new ArrayList<>();
    private final List<HeldLease> running = new ArrayList<>();
    private final List<DownloadReport> reports = new ArrayList<>();
    private int unreportedPieces;
    private int unreportedLeases;
    private boolean reportNow;

    /** @param verified pieces held already; the download keeps and changes it */
    public PeerDownload(ContentKey key, PieceGeometry geometry, PieceMap verified, DownloadLimits limits) {
        if (verified.pieces() != geometry.pieces()) {
            throw new IllegalArgumentException("a map of " + verified.pieces() + " for " + geometry.pieces());
        }
        this.key = key;
        this.geometry = geometry;
        this.verified = verified;
        this.limits = limits;
    }

    /** The scheduler granted this lease. */
    public void granted(Lease lease) {
        if (!lease.content().equals(key) || lease.run().end() > geometry.pieces()) {
            throw new IllegalArgumentException("lease " + lease + " is not for " + key);
        }
        waiting.add(new HeldLease(lease));
    }

    /** The scheduler takes a lease back; one that has started stays. */
    public void revoked(long leaseId) {
        for (Iterator<HeldLease> all = waiting.iterator(); all.hasNext(); ) {
            HeldLease held = all.next();
            if (held.lease.id() == leaseId) {
                all.remove();
                giveBack(held);
                return;
            }
        }
    }

    /** What is to be started now. */
    public List<Transfer> next(long nowNanos) {
        List<Transfer> starts = new ArrayList<>();
        for (Iterator<HeldLease> all = waiting.iterator(); all.hasNext(); ) {
            HeldLease held = all.next();
            PieceRun run = held.missing(verified);
            if (run == null || held.lease.expiresAtNanos() <= nowNanos) {
                all.remove();
                giveBack(held);
            } else if (mayStart(held.lease.source())) {
                all.remove();
                held.started(run);
                running.add(held);
                starts.add(new Transfer(held.lease.id(), run, held.lease.source()));
            }
        }
        return starts;
    }

    /** A running transfer brought a piece, or ended. */
    public void settle(PieceOutcome outcome, long nowNanos) {
        switch (outcome) {
            case PieceOutcome.Verified(long leaseId, int piece, long tookNanos) -> arrived(leaseId, piece, tookNanos);
            case PieceOutcome.Failed(long leaseId, FailureReason reason) -> {
                if (end(leaseId) != null) {
                    reports.add(new DownloadReport.Failed(leaseId, reason));
                    reportNow = true;
                }
            }
        }
    }

    /** What the scheduler is to be told now, in this order; each report is returned once. */
    public List<DownloadReport> reports(long nowNanos) {
        if (reports.isEmpty() || !(reportNow || isDue())) {
            return List.of();
        }
        List<DownloadReport> due = List.copyOf(reports);
        reports.clear();
        unreportedPieces = 0;
        unreportedLeases = 0;
        reportNow = false;
        return due;
    }

    /**
     * The link to the scheduler is gone: leases that have not started are void, and nobody hears reports. The next
     * want tells what is held.
     */
    public void linkLost() {
        waiting.clear();
        reports.clear();
        unreportedPieces = 0;
        unreportedLeases = 0;
        reportNow = false;
    }

    /** True when every piece is held. */
    public boolean complete() {
        return verified.isFull();
    }

    /** The pieces held; changes as the download goes on. */
    public PieceMap verified() {
        return verified;
    }

    /** Leases that are waiting or running; the scheduler grants no more than its window. */
    public int leases() {
        return waiting.size() + running.size();
    }

    /** Both connections are at their last lease, and an answer comes before they are through; or one is through already. */
    private boolean isDue() {
        if (unreportedLeases == 0) {
            return false; // parts of runs: nobody is sent for them before the rest is there
        }
        int connections = connections();
        return connections < PARTNERS
                || (unreportedLeases > 1 && leases() <= Math.max(PARTNERS, connections))
                || complete();
    }

    /** Sources that something comes from. */
    private int connections() {
        int connections = 0;
        for (int i = 0; i < running.size(); i++) {
            Source source = running.get(i).lease.source();
            boolean first = true;
            for (int j = 0; j < i && first; j++) {
                first = !running.get(j).lease.source().equals(source);
            }
            connections += first ? 1 : 0;
        }
        return connections;
    }

    private boolean mayStart(Source source) {
        return switch (source) {
            case Source.Origin origin -> count(origin) == 0;
            case Source.Peer peer ->
                count(peer) < limits.transfersPerParent()
                        && running.size() - count(Source.ORIGIN) < limits.transfersMax();
        };
    }

    private int count(Source source) {
        int count = 0;
        for (HeldLease held : running) {
            if (held.lease.source().equals(source)) {
                count++;
            }
        }
        return count;
    }

    private void arrived(long leaseId, int piece, long tookNanos) {
        verified.set(piece);
        HeldLease held = find(leaseId);
        boolean over = false;
        if (held != null && held.arrived()) {
            over = true;
            running.remove(held);
            unreportedLeases++;
            unreportedPieces += held.lease.run().count();
        }
        addVerified(leaseId, piece, tookNanos);
        if (isNews(held, piece, over)) {
            reportNow = true; // few have it, and more could soon
        }
    }

    /** What comes from the origin is, group by group. */
    private boolean isNews(@Nullable HeldLease held, int piece, boolean over) {
        if (held == null) {
            return true; // of a lease that is over: nothing else may let it go
        }
        int group = Math.max(1, held.lease.tellAfterPieces());
        return held.lease.source() instanceof Source.Origin
                ? over || (piece + 1) % group == 0
                : over && unreportedPieces >= tellAfter(held);
    }

    private int tellAfter(HeldLease held) {
        int asked = held.lease.tellAfterPieces();
        return asked > 0 ? asked : limits.reportPieces();
    }

    /** Consecutive pieces of one lease are one report. */
    private void addVerified(long leaseId, int piece, long tookNanos) {
        for (int i = 0; i < reports.size(); i++) {
            if (reports.get(i) instanceof DownloadReport.Verified(long id, PieceRun run, long took)
                    && id == leaseId
                    && run.end() == piece) {
                reports.set(
                        i,
                        new DownloadReport.Verified(id, new PieceRun(run.first(), run.count() + 1), took + tookNanos));
                return;
            }
        }
        reports.add(new DownloadReport.Verified(leaseId, PieceRun.of(piece), tookNanos));
    }

    private void giveBack(HeldLease held) {
        reports.add(new DownloadReport.Failed(held.lease.id(), FailureReason.RETURNED));
        reportNow = true;
    }

    private @Nullable HeldLease find(long leaseId) {
        for (HeldLease held : running) {
            if (held.lease.id() == leaseId) {
                return held;
            }
        }
        return null;
    }

    private @Nullable HeldLease end(long leaseId) {
        HeldLease held = find(leaseId);
        if (held != null) {
            running.remove(held);
        }
        return held;
    }
}
