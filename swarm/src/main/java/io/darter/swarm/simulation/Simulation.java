package io.darter.swarm.simulation;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.Source;
import io.darter.swarm.download.DownloadLimits;
import io.darter.swarm.download.PieceOutcome;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.ContentSpec;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.OriginFetchers;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A flash crowd: all nodes want one content at the same moment, and nobody has any of it. Scheduler and downloads are
 * the production classes; network, disks and clock are the model that {@link #MODEL} states.
 */
public final class Simulation {
    static final String MODEL =
            "model: pieces of 4 MiB at 1 Gbit/s (one piece time = 33.554 ms; other sizes at the rate that keeps it);"
                    + " store and forward;"
                    + " upload shared fairly among the transfers a node serves, download likewise; download = upload = origin"
                    + " rate; control latency 0.1 piece time each way; verification 3 ms a piece; no seed, any node may fetch"
                    + " from the origin, at most 3 connections; stragglers have a tenth of the rate both ways";
    private static final long TICK_NANOS = 100_000_000L;
    private static final long VERIFY_NANOS = 3_000_000L;
    private static final long NOTICE_NANOS = 100_000_000L;
    private static final int TOO_LATE = 100;

    final EventQueue queue = new EventQueue();
    final ContentKey key = ContentKey.ofSha256Hex("5".repeat(64));
    final int pieceBytes;
    final long pieceNanos = SimulationSettings.PIECE_NANOS;
    final SimulationSettings settings;
    final List<SimNode> nodes = new ArrayList<>();
    final ContentSpec spec;
    final Port origin;

    private final SwarmScheduler scheduler;
    private final Invariants invariants;
    private final Chaos chaos;
    private final EventDigest digest = new EventDigest();
    private final Map<NodeId, SimNode> byId = new HashMap<>();
    private final List<SimNode> addressed = new ArrayList<>();
    private double originBytes;
    private long messages;
    private int unfinished;
    private boolean restarted;

    public Simulation(SimulationSettings settings) {
        this(settings, SchedulingPolicy.defaults().withOriginFetchers(OriginFetchers.ANY), DownloadLimits.defaults());
    }

    Simulation(SimulationSettings settings, SchedulingPolicy policy, DownloadLimits limits) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        this.settings = settings;
        this.pieceBytes = settings.pieceBytes();
        double bytesPerNano = (double) pieceBytes / pieceNanos;
        this.origin = new Port(bytesPerNano, true);
        this.spec = new ContentSpec(key, (long) settings.pieces() * pieceBytes, true);
        this.scheduler = new SwarmScheduler(policy.withFixedPieceBytes(pieceBytes), random.nextLong());
        this.invariants = new Invariants(policy, settings);
        SplittableRandom lots = random.split();
        int slow = settings.nodes() * settings.stragglersPercent() / 100;
        for (int i = 0; i < settings.nodes(); i++) {
            boolean isSlow = lots.nextInt(settings.nodes() - i) < slow;
            slow -= isSlow ? 1 : 0;
            double rate = isSlow ? bytesPerNano / 10 : bytesPerNano;
            SimNode node = new SimNode(this, new NodeId("n" + i), isSlow, rate, settings.pieces(), limits);
            nodes.add(node);
            byId.put(node.id, node);
        }
        this.chaos = new Chaos(this, random.split());
    }

    /** Runs to the end, which is when every living node has everything, or something went wrong. */
    public SimulationResult run() {
        unfinished = nodes.size();
        for (SimNode node : nodes) {
            join(node);
        }
        queue.after(TICK_NANOS, this::tick);
        if (settings.chaos()) {
            chaos.start();
        }
        long limitNanos = TOO_LATE * pieceNanos * (settings.pieces() + 64L);
        while (unfinished > 0 && invariants.hold()) {
            if (queue.nowNanos() > limitNanos) {
                violated(unfinished + " nodes never finished");
            }
            queue.step();
        }
        return result();
    }

    /** The node's link comes up and it says what it wants and has. */
    void join(SimNode node) {
        node.linked = true;
        if (restarted) {
            node.discardWrong(); // the scheduler's list of digests says so when the node tells what it holds
        }
        List<SwarmEvent> events = List.of(
                new SwarmEvent.NodeUp(node.id, new NodeTraits(false, "", "")),
                new SwarmEvent.Wanted(node.id, spec, node.kept.copy(), true));
        tellScheduler(node, events);
    }

    void tellScheduler(SimNode node, List<SwarmEvent> events) {
        messages++;
        int generation = node.generation;
        long arrives = Math.max(node.lastToSchedulerNanos, queue.nowNanos() + latencyNanos());
        node.lastToSchedulerNanos = arrives;
        queue.at(arrives, SimEvent.of(() -> {
            if (node.generation == generation) {
                apply(events);
            }
        }));
    }

    /** The scheduler sees the link of a node break. */
    void linkBroke(SimNode node) {
        apply(List.of(new SwarmEvent.NodeDown(node.id)));
    }

    void begin(SimNode child, Transfer transfer) {
        switch (transfer.source()) {
            case Source.Origin _ -> new Flow(this, transfer, child, origin, child.down).start();
            case Source.Peer(NodeId id) -> {
                SimNode parent = node(id);
                if (parent.alive) {
                    new Flow(this, transfer, child, parent.up, child.down).start();
                } else {
                    fail(child, transfer.leaseId(), FailureReason.UNREACHABLE, NOTICE_NANOS);
                }
            }
        }
    }

    /** A piece's last byte is there; it is verified before it counts. */
    void arrived(Flow flow, int piece, long tookNanos) {
        long lease = flow.transfer.leaseId();
        SimNode child = flow.child;
        if (flow.transfer.source() instanceof Source.Peer(NodeId id)) {
            if (!node(id).holds(piece)) {
                flow.stop();
                fail(child, lease, FailureReason.MISSING, 0);
                return;
            }
            child.mislead(piece, node(id).isMisled(piece));
            if (chaos.corrupts(node(id))) {
                flow.stop();
                fail(child, lease, FailureReason.CORRUPT, VERIFY_NANOS);
                return;
            }
        } else {
            originBytes += pieceBytes;
            child.mislead(piece, chaos.liesAboutOrigin(child));
        }
        int restarts = child.restarts;
        queue.after(VERIFY_NANOS, () -> {
            if (child.alive && child.restarts == restarts) {
                child.settle(new PieceOutcome.Verified(lease, piece, tookNanos));
            }
        });
    }

    /** Ends what goes to a node. */
    void cutIncoming(SimNode node) {
        for (Flow flow : node.down.flows()) {
            if (flow.transfer.source() instanceof Source.Origin) {
                originBytes += flow.bytesOfUnfinishedPiece();
            }
            flow.behind.clear();
            flow.stop();
        }
    }

    /** Ends what goes to or comes from a node that died; those who were fetching from it notice a little later. */
    void cut(SimNode dead) {
        cutIncoming(dead);
        for (Flow flow : dead.up.flows()) {
            for (Flow waiting : flow.behind) {
                fail(waiting.child, waiting.transfer.leaseId(), FailureReason.UNREACHABLE, NOTICE_NANOS);
            }
            flow.behind.clear();
            flow.stop();
            fail(flow.child, flow.transfer.leaseId(), FailureReason.UNREACHABLE, NOTICE_NANOS);
        }
    }

    private void fail(SimNode child, long lease, FailureReason reason, long delayNanos) {
        int restarts = child.restarts;
        queue.after(delayNanos, () -> {
            if (child.alive && child.restarts == restarts) {
                child.settle(new PieceOutcome.Failed(lease, reason));
            }
        });
    }

    /** The node's disk is empty; it has to begin again. */
    void wiped(SimNode node) {
        node.kept = new PieceMap(settings.pieces());
        if (node.finishedNanos >= 0) {
            node.finishedNanos = -1;
            unfinished++;
        }
    }

    void finished(SimNode node) {
        unfinished--;
    }

    void violated(String what) {
        invariants.violated(what);
    }

    private void tick() {
        apply(List.of(new SwarmEvent.Tick()));
        queue.after(TICK_NANOS, this::tick);
    }

    private void apply(List<SwarmEvent> events) {
        long now = queue.nowNanos();
        for (SwarmEvent event : events) {
            digest.event(event, now);
            invariants.before(event);
        }
        List<SwarmCommand> commands = scheduler.apply(events, now);
        for (SwarmCommand command : commands) {
            digest.command(command);
            invariants.after(command);
            address(command);
        }
        for (SimNode node : addressed) {
            send(node);
        }
        addressed.clear();
    }

    private void address(SwarmCommand command) {
        switch (command) {
            case SwarmCommand.Describe describe -> address(describe.node(), command);
            case SwarmCommand.Grant grant -> address(grant.node(), command);
            case SwarmCommand.Revoke revoke -> address(revoke.node(), command);
            case SwarmCommand.Assist assist -> address(assist.seed(), command);
            case SwarmCommand.GiveUp giveUp -> address(giveUp.node(), command);
            case SwarmCommand.Restart restart -> {
                restarted = true;
                restart.members().forEach(node -> address(node, command));
            }
            case SwarmCommand.Forget _ -> {}
        }
    }

    private void address(NodeId id, SwarmCommand command) {
        SimNode node = node(id);
        if (node.outgoing.isEmpty()) {
            addressed.add(node);
        }
        node.outgoing.add(command);
    }

    /** All that one decision has for one node travels in one message. */
    private void send(SimNode node) {
        messages++;
        List<SwarmCommand> commands = node.outgoing;
        node.outgoing = new ArrayList<>();
        int generation = node.generation;
        long arrives = Math.max(node.lastFromSchedulerNanos, queue.nowNanos() + latencyNanos());
        node.lastFromSchedulerNanos = arrives;
        queue.at(arrives, SimEvent.of(() -> {
            if (node.generation == generation && node.linked) {
                node.receive(commands);
            }
        }));
    }

    private long latencyNanos() {
        return pieceNanos / 10 + chaos.delayNanos();
    }

    private SimNode node(NodeId id) {
        SimNode node = byId.get(id);
        if (node == null) {
            throw new IllegalStateException("no such node: " + id);
        }
        return node;
    }

    private SimulationResult result() {
        int healthy = 0;
        long lastHealthy = 0;
        long lastSlow = 0;
        for (SimNode node : nodes) {
            if (node.slow) {
                lastSlow = Math.max(lastSlow, node.finishedNanos);
            } else {
                healthy++;
                lastHealthy = Math.max(lastHealthy, node.finishedNanos);
            }
        }
        double bound = settings.pieces() + Math.floor(Math.log(Math.max(1, healthy)) / Math.log(2) + 1e-9);
        double content = (double) settings.pieces() * pieceBytes;
        return new SimulationResult(
                settings,
                healthy == 0 ? null : lastHealthy / (bound * pieceNanos),
                healthy == nodes.size() ? null : lastSlow / (10.0 * settings.pieces() * pieceNanos),
                originBytes / content,
                (double) messages / settings.pieces() / settings.nodes(),
                digest.hex(),
                chaos.faults(),
                invariants.violations());
    }
}
