package io.darter.bench;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.ContentSpec;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.OriginFetchers;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A core with peers that each hold a random half of one content and want the rest; transfers take no time of the machine.
 * Leases are completed in the order in which they were granted.
 */
final class SchedulerWorld {
    private static final int PIECE_BYTES = 4 << 20;
    /** One piece at 1 Gbit/s. */
    private static final long PIECE_NANOS = 33_554_432;
    /** Of the core's clock between two reports: what passes if it takes 200,000 a second. */
    private static final long STEP_NANOS = 5_000;

    private static final long TICK_NANOS = 100_000_000;

    private final ContentKey key = ContentKey.ofSha256Hex("5".repeat(64));
    private final SwarmScheduler core;
    private final Deque<Granted> open = new ArrayDeque<>();
    private long nowNanos;
    private long nextTickNanos = TICK_NANOS;

    private record Granted(NodeId child, Lease lease) {}

    SchedulerWorld(int nodes, int pieces, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SchedulingPolicy policy = SchedulingPolicy.defaults()
                .withOriginFetchers(OriginFetchers.ANY)
                .withFixedPieceBytes(PIECE_BYTES);
        this.core = new SwarmScheduler(policy, seed);
        ContentSpec content = new ContentSpec(key, (long) pieces * PIECE_BYTES, true);
        for (int i = 0; i < nodes; i++) {
            NodeId node = new NodeId("node-" + i);
            PieceMap half = new PieceMap(pieces);
            while (half.count() < pieces / 2) {
                half.set(random.nextInt(pieces));
            }
            List<SwarmEvent> hello = new ArrayList<>();
            hello.add(new SwarmEvent.NodeUp(node, new NodeTraits(false, "zone", "rack")));
            hello.add(new SwarmEvent.Wanted(node, content, half, true));
            apply(hello);
        }
    }

    /** Leases that are granted and not completed. */
    int openLeases() {
        return open.size();
    }

    /**
     * The oldest lease has delivered its piece; the core hears so and answers.
     *
     * @return leases granted in the answer
     */
    int complete() {
        Granted oldest = open.pollFirst();
        if (oldest == null) {
            throw new IllegalStateException("nothing is under way: everybody has everything");
        }
        nowNanos += STEP_NANOS;
        Lease lease = oldest.lease;
        int before = open.size();
        apply(List.of(new SwarmEvent.Verified(
                oldest.child, key, lease.id(), PieceRun.of(lease.run().first()), PIECE_NANOS)));
        return open.size() - before;
    }

    /** Time passes for the core too. */
    void tickIfDue() {
        if (nowNanos >= nextTickNanos) {
            nextTickNanos = nowNanos + TICK_NANOS;
            apply(List.of(new SwarmEvent.Tick()));
        }
    }

    private void apply(List<SwarmEvent> events) {
        for (SwarmCommand command : core.apply(events, nowNanos)) {
            if (command instanceof SwarmCommand.Grant(NodeId child, Lease lease)) {
                open.addLast(new Granted(child, lease));
            }
        }
    }

    /** What is left is what the core itself keeps. */
    void forgetWhatIsOutsideTheCore() {
        open.clear();
    }
}
