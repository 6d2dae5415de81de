package io.darter.swarm.simulation;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.download.DownloadLimits;
import io.darter.swarm.download.DownloadReport;
import io.darter.swarm.download.PeerDownload;
import io.darter.swarm.download.PieceOutcome;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent in the model: the real {@link PeerDownload} between a link to the scheduler and two ports. */
final class SimNode {
    final NodeId id;
    final boolean slow;
    final Port up;
    final Port down;
    boolean alive = true;
    boolean linked = true;
    boolean corrupting;
    /** Changes with each crash: what was under way in the process is lost. */
    int restarts;
    /** Changes with each crash and each loss of the link; what was sent before is lost. */
    int generation;

    long finishedNanos = -1;
    /** The scheduler hears what was sent earlier first, and so does the node. */
    long lastToSchedulerNanos;

    long lastFromSchedulerNanos;
    /** Commands of the message that is being put together. */
    List<SwarmCommand> outgoing = new ArrayList<>();

    private final Simulation simulation;
    private final DownloadLimits limits;

    @Nullable
    PeerDownload download;

    PieceMap kept;
    /** Pieces with wrong bytes under a digest that agrees with them. */
    private PieceMap misled;
    /** Gives wrong bytes of the origin their own digests. */
    boolean lyingFetcher;

    private boolean discarded;

    SimNode(Simulation simulation, NodeId id, boolean slow, double bytesPerNano, int pieces, DownloadLimits limits) {
        this.simulation = simulation;
        this.id = id;
        this.slow = slow;
        this.up = new Port(bytesPerNano, true);
        this.down = new Port(bytesPerNano, false);
        this.kept = new PieceMap(pieces);
        this.misled = new PieceMap(pieces);
        this.limits = limits;
    }

    boolean holds(int piece) {
        return kept.get(piece);
    }

    void receive(List<SwarmCommand> commands) {
        for (SwarmCommand command : commands) {
            switch (command) {
                case SwarmCommand.Describe describe -> {
                    if (download == null) {
                        download = new PeerDownload(describe.content(), describe.geometry(), kept, limits);
                    }
                }
                case SwarmCommand.Grant grant -> granted(grant.lease());
                case SwarmCommand.Revoke revoke -> {
                    if (download != null) {
                        download.revoked(revoke.leaseId());
                    }
                }
                case SwarmCommand.GiveUp giveUp -> simulation.violated(id + " was given up: " + giveUp.reason());
                case SwarmCommand.Assist assist ->
                    simulation.violated("there is no seed here, but " + id + " was asked");
                case SwarmCommand.Restart restart -> {
                    if (finishedNanos < 0) {
                        discard();
                    }
                    want();
                }
                case SwarmCommand.Forget forget -> {}
            }
        }
        goOn();
    }

    void settle(PieceOutcome outcome) {
        if (download == null) {
            return;
        }
        download.settle(outcome, simulation.queue.nowNanos());
        goOn();
        if (download.complete() && finishedNanos < 0) {
            proveWhole();
        }
    }

    /** Every node hashes the whole before it hands out the last piece. A liar knows better than to look. */
    private void proveWhole() {
        if (misled.count() > 0 && !lyingFetcher) {
            discard();
            if (linked) {
                simulation.tellScheduler(this, List.of(new SwarmEvent.WholeWrong(id, simulation.key)));
                want();
            }
            return;
        }
        finishedNanos = simulation.queue.nowNanos();
        simulation.finished(this);
    }

    /** What it holds is not to be trusted: away with it, and with what is under way. */
    private void discard() {
        simulation.cutIncoming(this);
        kept = new PieceMap(kept.pieces());
        misled = new PieceMap(kept.pieces());
        download = null;
        discarded = true;
        restarts++;
    }

    void discardWrong() {
        if (misled.count() > 0 && !lyingFetcher) {
            discard();
        }
    }

    private void want() {
        simulation.tellScheduler(this, List.of(new SwarmEvent.Wanted(id, simulation.spec, kept.copy(), true)));
    }

    /** A piece comes in whose bytes agree with its digest; are they right? */
    void mislead(int piece, boolean wrong) {
        if (wrong) {
            misled.set(piece);
        } else {
            misled.clear(piece);
        }
    }

    boolean isMisled(int piece) {
        return misled.get(piece);
    }

    void crash() {
        alive = false;
        linked = false;
        generation++;
        restarts++;
        download = null;
    }

    void linkLost() {
        linked = false;
        generation++;
        if (download != null) {
            download.linkLost();
        }
    }

    private void goOn() {
        if (download == null) {
            return;
        }
        long now = simulation.queue.nowNanos();
        for (Transfer transfer : download.next(now)) {
            simulation.begin(this, transfer);
        }
        List<DownloadReport> reports = linked ? download.reports(now) : List.of();
        if (!reports.isEmpty()) {
            List<SwarmEvent> events = new ArrayList<>(reports.size());
            for (DownloadReport report : reports) {
                events.add(event(simulation.key, report));
            }
            simulation.tellScheduler(this, events);
        }
    }

    private SwarmEvent event(ContentKey key, DownloadReport report) {
        return switch (report) {
            case DownloadReport.Verified verified ->
                new SwarmEvent.Verified(id, key, verified.leaseId(), verified.run(), verified.tookNanos());
            case DownloadReport.Failed failed -> new SwarmEvent.LeaseFailed(id, key, failed.leaseId(), failed.reason());
        };
    }

    private void granted(Lease lease) {
        if (download != null) {
            download.granted(lease);
        } else if (discarded) {
            // Granted before the scheduler heard that all was thrown away.
            simulation.tellScheduler(
                    this, List.of(new SwarmEvent.LeaseFailed(id, simulation.key, lease.id(), FailureReason.RETURNED)));
        } else {
            throw new IllegalStateException("granted before described: " + id);
        }
    }
}
