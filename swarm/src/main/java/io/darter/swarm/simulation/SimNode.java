package io.darter.swarm.simulation;

import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.Source;
import io.darter.swarm.download.DownloadLimits;
import io.darter.swarm.download.DownloadReport;
import io.darter.swarm.download.PeerDownload;
import io.darter.swarm.download.PieceOutcome;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An agent in the model: the real {@link PeerDownload} between a link to the scheduler and two ports. */
final class SimNode {
    /** A caller whose pull failed asks again after this time, at most so often. */
    private static final long ASK_AGAIN_NANOS = 1_000_000_000L;

    private static final int GIVEN_UP_MAX = 30;
    private static final int GIVEN_UP_BARRED = 5;
    /** A power loss takes at most so many of the last pieces. */
    private static final int UNSYNCED_MAX = 6;

    final NodeId id;
    final boolean slow;
    final Port up;
    final Port down;
    final SimClock clock = new SimClock();
    boolean alive = true;
    boolean linked = true;
    /** Goes for good: lets others finish what they receive, and starts nothing. */
    boolean leaving;

    String zone = "";
    String rack = "";
    long extraLatencyNanos;
    /** Nodes of two sides do not reach each other. */
    int side;
    /** Nothing gets through between it and the scheduler until then. */
    long silentUntilNanos;

    long diskBrokenUntilNanos;
    boolean corrupting;
    boolean stalling;
    /** Gives wrong bytes of the origin their own digests. */
    boolean lyingFetcher;
    /** Of the scheduler that it is linked to. */
    int epoch;
    /** Changes with each crash: what was under way in the process is lost. */
    int restarts;
    /** Changes with each crash and each loss of the link; what was sent before is lost. */
    int generation;

    long finishedNanos = -1;
    /** Something was granted or arrived. */
    long movedNanos;
    /** The scheduler hears what was sent earlier first, and so does the node. */
    long lastToSchedulerNanos;

    long lastFromSchedulerNanos;
    /** Commands of the message that is being put together. */
    List<SwarmCommand> outgoing = new ArrayList<>();

    private final Simulation simulation;
    private final DownloadLimits limits;
    private final OwnFetch own;
    private @Nullable PeerDownload download;
    private PieceMap kept;
    /** Kept over a crash: none of these is fetched again. */
    PieceMap keptAtStart;
    /** Pieces with wrong bytes under a digest that agrees with them. */
    private PieceMap misled;
    /** Pieces whose bytes on the disk are not what they were. */
    private PieceMap rotten;

    private final Deque<Integer> unsynced = new ArrayDeque<>();
    /** What is coming from the origin with a scheduler's leave. */
    private final Map<Long, Transfer> fetching = new LinkedHashMap<>();

    private boolean discarded;
    private boolean released;
    private int givenUp;

    SimNode(Simulation simulation, NodeId id, boolean slow, double bytesPerNano, int pieces, DownloadLimits limits) {
        this.simulation = simulation;
        this.id = id;
        this.slow = slow;
        this.up = new Port(bytesPerNano, true);
        this.down = new Port(bytesPerNano, false);
        this.kept = new PieceMap(pieces);
        this.keptAtStart = new PieceMap(pieces);
        this.misled = new PieceMap(pieces);
        this.rotten = new PieceMap(pieces);
        this.limits = limits;
        this.own = new OwnFetch(this, simulation);
    }

    boolean holds(int piece) {
        return kept.get(piece);
    }

    PieceMap held() {
        return kept.copy();
    }

    boolean serves() {
        return alive && !leaving;
    }

    /** What it says on a new stream. */
    SwarmEvent wanted() {
        if (download != null) {
            download.linkLost(); // the scheduler knows nothing of leases that have not started
        }
        List<SwarmEvent.Fetching> running = fetching.values().stream()
                .map(transfer -> new SwarmEvent.Fetching(transfer.leaseId(), transfer.run()))
                .toList();
        return new SwarmEvent.Wanted(id, simulation.spec, kept.copy(), true, 0, running);
    }

    void receive(List<SwarmCommand> commands) {
        for (SwarmCommand command : commands) {
            switch (command) {
                case SwarmCommand.Describe describe -> {
                    own.stop();
                    if (download == null) {
                        open(describe.geometry());
                    }
                }
                case SwarmCommand.Grant grant -> granted(grant.lease());
                case SwarmCommand.Revoke revoke -> {
                    if (download != null) {
                        download.revoked(revoke.leaseId());
                    }
                }
                case SwarmCommand.GiveUp giveUp -> giveUp(giveUp.reason());
                case SwarmCommand.Assist assist ->
                    simulation.violated("there is no seed here, but " + id + " was asked");
                case SwarmCommand.Restart _ -> throwAway();
                case SwarmCommand.Discard _ -> throwAway();
                case SwarmCommand.Forget forget -> {}
            }
        }
        goOn();
    }

    /** Who has proved the whole keeps it. */
    private void throwAway() {
        if (finishedNanos < 0) {
            discard();
        }
        want();
    }

    PeerDownload open(PieceGeometry geometry) {
        PeerDownload opened = new PeerDownload(simulation.key, geometry, kept, limits);
        download = opened;
        return opened;
    }

    @Nullable
    PeerDownload download() {
        return download;
    }

    void settle(PieceOutcome outcome) {
        if (download == null) {
            return;
        }
        movedNanos = simulation.queue.nowNanos();
        switch (outcome) {
            case PieceOutcome.Verified(long lease, int piece, long _) -> {
                Transfer transfer = fetching.get(lease);
                if (transfer != null && transfer.run().last() == piece) {
                    fetching.remove(lease);
                }
                unsynced.addLast(piece);
                if (unsynced.size() > UNSYNCED_MAX) {
                    unsynced.removeFirst();
                }
            }
            case PieceOutcome.Failed(long lease, FailureReason _) -> fetching.remove(lease);
        }
        own.settled(outcome);
        download.settle(outcome, now());
        goOn();
        if (download != null && download.complete() && finishedNanos < 0) {
            proveWhole();
        }
    }

    /** Every node hashes the whole before it hands out the last piece. A liar knows better than to look. */
    private void proveWhole() {
        if (misled.count() > 0 && !lyingFetcher) {
            discard();
            if (linked) {
                simulation.scheduling.tell(this, List.of(new SwarmEvent.WholeWrong(id, simulation.key)));
                want();
            }
            return;
        }
        finishedNanos = simulation.queue.nowNanos();
        simulation.finished(this);
    }

    /** What it holds is not to be trusted: away with it, and with what is under way. */
    private void discard() {
        simulation.network.cutIncoming(this);
        forgetAll();
        stopDownload();
        discarded = true;
    }

    /** Nothing of what it held is there any more. */
    void forgetAll() {
        kept = new PieceMap(kept.pieces());
        keptAtStart = new PieceMap(kept.pieces());
        misled = new PieceMap(kept.pieces());
        rotten = new PieceMap(kept.pieces());
        unsynced.clear();
    }

    private void stopDownload() {
        simulation.excuse(this);
        download = null;
        fetching.clear();
        own.over();
        restarts++;
    }

    void discardWrong() {
        if (misled.count() > 0 && !lyingFetcher && finishedNanos < 0) {
            discard();
        }
    }

    /** The pull fails, and whoever waits for it tries again. */
    private void giveUp(FailureReason reason) {
        givenUp++;
        if (simulation.everybodyLied() && givenUp > GIVEN_UP_BARRED) {
            simulation.pullFails(this); // as it should: there is nobody to trust
            released = true;
            return;
        }
        if (!simulation.mayGiveUp() || givenUp > GIVEN_UP_MAX) {
            simulation.violated(id + " was given up " + givenUp + " times: " + reason);
            return;
        }
        simulation.network.cutIncoming(this);
        stopDownload();
        discarded = true;
        released = true;
        simulation.scheduling.tell(this, List.of(new SwarmEvent.Released(id, simulation.key)));
        int sameProcess = restarts;
        simulation.queue.after(ASK_AGAIN_NANOS, () -> {
            if (alive && restarts == sameProcess) {
                released = false;
                keptAtStart = kept.copy();
                want();
            }
        });
    }

    void want() {
        if (linked && alive && !released) {
            simulation.scheduling.tell(this, List.of(new SwarmEvent.Wanted(id, simulation.spec, kept.copy(), true)));
        }
    }

    boolean wantsContent() {
        return !released;
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

    boolean isRotten(int piece) {
        return rotten.get(piece);
    }

    /** One of the pieces at rest changes; false if there is none. */
    boolean rot(int turn) {
        for (int i = 0; i < kept.pieces(); i++) {
            int piece = (turn + i) % kept.pieces();
            if (kept.get(piece) && rotten.set(piece)) {
                return true;
            }
        }
        return false;
    }

    /** Looks at a piece of a finished content again: what is not right is held no more, and others are not sent here. */
    void recheck(int piece) {
        if (rotten.get(piece) && finishedNanos >= 0) {
            rotten.clear(piece);
            kept.clear(piece);
            keptAtStart.clear(piece);
            released = true;
            simulation.excuse(this);
            if (linked) {
                simulation.scheduling.tell(this, List.of(new SwarmEvent.Released(id, simulation.key)));
            }
        }
    }

    /** @param unsyncedLost how many of the last pieces go with the power */
    void crash(int unsyncedLost) {
        alive = false;
        linked = false;
        generation++;
        stopDownload();
        for (int i = 0; i < unsyncedLost && !unsynced.isEmpty() && finishedNanos < 0; i++) {
            int piece = unsynced.removeLast();
            kept.clear(piece);
            misled.clear(piece);
            rotten.clear(piece);
        }
        released &= finishedNanos >= 0;
        keptAtStart = kept.copy();
    }

    void linkLost() {
        linked = false;
        generation++;
        own.linkLost();
    }

    /** Whether a transfer of its own making is not needed any more. */
    boolean stopsOwn(long lease) {
        return own.isStopped(lease);
    }

    void goOn() {
        if (download == null) {
            return;
        }
        for (Transfer transfer : download.next(now())) {
            if (transfer.source() instanceof Source.Origin && !OwnFetch.isOwn(transfer.leaseId())) {
                fetching.put(transfer.leaseId(), transfer);
            }
            simulation.network.begin(this, transfer);
        }
        List<DownloadReport> reports = download.reports(now());
        if (linked && !reports.isEmpty()) {
            simulation.scheduling.tell(this, reports.stream().map(this::event).toList());
        }
    }

    private long now() {
        return clock.local(simulation.queue.nowNanos());
    }

    private SwarmEvent event(DownloadReport report) {
        return switch (report) {
            case DownloadReport.Verified verified ->
                new SwarmEvent.Verified(id, simulation.key, verified.leaseId(), verified.run(), verified.tookNanos());
            case DownloadReport.Failed failed ->
                new SwarmEvent.LeaseFailed(id, simulation.key, failed.leaseId(), failed.reason());
        };
    }

    private void granted(Lease lease) {
        movedNanos = simulation.queue.nowNanos();
        if (download != null) {
            own.stop();
            download.granted(dated(lease));
        } else if (discarded) {
            // Granted before the scheduler heard that all was thrown away.
            simulation.scheduling.tell(
                    this, List.of(new SwarmEvent.LeaseFailed(id, simulation.key, lease.id(), FailureReason.RETURNED)));
        } else {
            throw new IllegalStateException("granted before described: " + id);
        }
    }

    private Lease dated(Lease lease) {
        return new Lease(
                lease.id(),
                lease.content(),
                lease.run(),
                lease.source(),
                clock.translate(lease.expiresAtNanos()),
                lease.tellAfterPieces());
    }
}
