package io.darter.swarm.simulation;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.download.DownloadLimits;
import io.darter.swarm.scheduling.ContentSpec;
import io.darter.swarm.scheduling.OriginFetchers;
import io.darter.swarm.scheduling.SchedulingPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A flash crowd: all nodes want one content, and nobody has any of it. Scheduler and downloads are the production classes;
 * network, disks and clock are the model that {@link #MODEL} states. With chaos, {@link Fault} says what goes wrong.
 */
public final class Simulation {
    static final String MODEL =
            "model: pieces of 4 MiB at 1 Gbit/s (one piece time = 33.554 ms; other sizes at the rate that keeps it);"
                    + " store and forward;"
                    + " upload shared fairly among the transfers a node serves, download likewise; download = upload = origin"
                    + " rate; control latency 0.1 piece time each way; verification 3 ms a piece; no seed, any node may fetch"
                    + " from the origin, at most 3 connections; stragglers have a tenth of the rate both ways";
    private static final int TOO_LATE = 100;
    private static final long TOO_LATE_CHAOS_NANOS = 120_000_000_000L;

    final EventQueue queue = new EventQueue();
    final ContentKey key = ContentKey.ofSha256Hex("5".repeat(64));
    final int pieceBytes;
    final long pieceNanos = SimulationSettings.PIECE_NANOS;
    final SimulationSettings settings;
    final List<SimNode> nodes = new ArrayList<>();
    final ContentSpec spec;
    final Network network;
    final Scheduling scheduling;
    /** Of a scheduler that was none any more, and refused for that. */
    int staleMessages;
    /** Were in a stream when it broke. */
    int lostMessages;
    /** Runs that nodes without a scheduler took from the origin. */
    int ownFetches;

    private final Invariants invariants;
    private final Chaos chaos;
    private final EventDigest digest = new EventDigest();
    private final Map<NodeId, SimNode> byId = new HashMap<>();
    /** Nobody waits for these: they left, or their pull failed for good. For lookups only. */
    private final Set<SimNode> given = new HashSet<>();

    private int failedPulls;
    private long lastArrivalNanos;
    private int unfinished;

    public Simulation(SimulationSettings settings) {
        this(settings, SchedulingPolicy.defaults().withOriginFetchers(OriginFetchers.ANY), DownloadLimits.defaults());
    }

    Simulation(SimulationSettings settings, SchedulingPolicy policy, DownloadLimits limits) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        this.settings = settings;
        this.pieceBytes = settings.pieceBytes();
        double bytesPerNano = (double) pieceBytes / pieceNanos;
        this.spec = new ContentSpec(key, (long) settings.pieces() * pieceBytes, true);
        long schedulerSeed = random.nextLong();
        SplittableRandom lots = random.split();
        this.chaos = new Chaos(settings, random.split());
        this.network = new Network(this, chaos, bytesPerNano * chaos.originRate());
        int slow = settings.nodes() * settings.stragglersPercent() / 100;
        for (int i = 0; i < settings.nodes(); i++) {
            boolean isSlow = lots.nextInt(settings.nodes() - i) < slow;
            slow -= isSlow ? 1 : 0;
            double rate = chaos.rate() * (isSlow ? bytesPerNano / 10 : bytesPerNano);
            SimNode node = new SimNode(this, new NodeId("n" + i), isSlow, rate, settings.pieces(), limits);
            chaos.shape(node);
            nodes.add(node);
            byId.put(node.id, node);
        }
        this.invariants = new Invariants(policy, settings);
        this.scheduling =
                new Scheduling(this, policy.withFixedPieceBytes(pieceBytes), schedulerSeed, invariants, digest, chaos);
    }

    /** Runs to the end, which is when every living node has everything, or something went wrong. */
    public SimulationResult run() {
        unfinished = nodes.size();
        for (SimNode node : nodes) {
            arrive(node, chaos.arrivalNanos(settings.pieces()));
        }
        queue.after(Scheduling.TICK_NANOS, scheduling::tick);
        long limitNanos = TOO_LATE * pieceNanos * (settings.pieces() + 64L);
        if (settings.chaos()) {
            new Breakages(this, chaos).start();
            limitNanos += TOO_LATE_CHAOS_NANOS;
        }
        while (unfinished > 0 && invariants.hold()) {
            if (queue.nowNanos() > limitNanos) {
                violated(unfinished + " nodes never finished");
            }
            queue.step();
        }
        SimulationResult result = result();
        if (chaos.isCalm() && settings.chaos() && invariants.hold()) {
            invariants.took(queue.nowNanos(), new Bound(this).nanos(lastArrivalNanos));
        }
        return result.with(invariants.violations());
    }

    private void arrive(SimNode node, long afterNanos) {
        if (afterNanos == 0) {
            scheduling.hello(node);
            return;
        }
        lastArrivalNanos = Math.max(lastArrivalNanos, afterNanos);
        node.alive = false;
        node.linked = false;
        queue.after(afterNanos, () -> {
            node.alive = true;
            if (scheduling.isThere()) {
                scheduling.hello(node);
            } else {
                arrive(node, Scheduling.TICK_NANOS);
            }
        });
    }

    /** The node's disk is empty; it has to begin again. */
    void wiped(SimNode node) {
        node.forgetAll();
        if (node.finishedNanos >= 0) {
            node.finishedNanos = -1;
            unfinished += given.contains(node) ? 0 : 1;
        }
    }

    void finished(SimNode node) {
        unfinished -= given.contains(node) ? 0 : 1;
    }

    /** The node goes for good: nobody waits for it. */
    void left(SimNode node) {
        unfinished -= node.finishedNanos < 0 && given.add(node) ? 1 : 0;
    }

    /** Whether all that take part have sent something wrong, so that a pull can only end with an error. */
    boolean everybodyLied() {
        return invariants.everybodyLied();
    }

    void pullFails(SimNode node) {
        if (given.add(node)) {
            failedPulls++;
            unfinished--;
        }
    }

    /** Whether something was broken that may make a pull fail: an origin that refuses, nodes that lie. */
    boolean mayGiveUp() {
        return chaos.has(Fault.BUSY_ORIGIN)
                || chaos.has(Fault.CAPPED_ORIGIN)
                || chaos.has(Fault.ORIGIN_CUTS)
                || chaos.has(Fault.CORRUPT_PIECES)
                || chaos.has(Fault.WRONG_FETCHES)
                || chaos.has(Fault.FLIPPED_BITS);
    }

    void excuse(SimNode node) {
        invariants.kept.excuse(node.id);
    }

    void violated(String what) {
        invariants.violated(what);
    }

    SimNode node(NodeId id) {
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
        Map<String, Integer> faults = chaos.faults();
        if (settings.chaos()) {
            faults.put("staleMessages", staleMessages);
            faults.put("lostMessages", lostMessages);
            faults.put("ownFetches", ownFetches);
            faults.put("failedPulls", failedPulls);
        }
        return new SimulationResult(
                settings,
                healthy == 0 ? null : lastHealthy / (bound * pieceNanos),
                healthy == nodes.size() ? null : lastSlow / (10.0 * settings.pieces() * pieceNanos),
                network.originBytes() / content,
                (double) scheduling.messages() / settings.pieces() / settings.nodes(),
                digest.hex(),
                faults,
                network.crossZoneRatio(),
                invariants.violations());
    }
}
