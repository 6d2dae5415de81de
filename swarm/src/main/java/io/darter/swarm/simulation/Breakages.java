package io.darter.swarm.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What breaks at random times and is mended later. After about the time of an undisturbed run it is quiet, so that all can finish. */
final class Breakages {
    private static final List<Fault> TIMED = List.of(
            Fault.BUSY_ORIGIN,
            Fault.DISK_FAILURES,
            Fault.FLIPPED_BITS,
            Fault.CRASHES,
            Fault.POWER_LOSSES,
            Fault.LOST_DISKS,
            Fault.FAILOVERS,
            Fault.DEPOSED,
            Fault.LINK_LOSSES,
            Fault.REPEATED_HELLOS,
            Fault.SILENCES,
            Fault.PARTITIONS,
            Fault.LEAVINGS);
    private static final int TAKE_OVERS_MAX = 2;
    private static final int LEAVING_PART = 8;
    private static final long LEAVE_NANOS = 5_000_000_000L;
    private static final long ATTACH_NANOS = 200_000_000L;
    private static final long TAKE_OVER_NANOS_MAX = 5_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000_000L;
    /** An agent that is linked and gets nothing for so long asks again. */
    private static final long SILENCE_LINKED_NANOS = 10_000_000_000L;

    private final Simulation simulation;
    private final Chaos chaos;
    private final SplittableRandom random;
    private final List<Fault> kinds = new ArrayList<>();
    private int takeOvers;
    private int left;

    Breakages(Simulation simulation, Chaos chaos) {
        this.simulation = simulation;
        this.chaos = chaos;
        this.random = chaos.random;
        TIMED.stream().filter(chaos::has).forEach(kinds::add);
    }

    void start() {
        if (!kinds.isEmpty()) {
            next();
        }
        lookAtIdle();
    }

    private void next() {
        long spanNanos = simulation.pieceNanos * (simulation.settings.pieces() + 16L);
        if (simulation.queue.nowNanos() > spanNanos) {
            return;
        }
        long meanNanos = Math.max(1, spanNanos / Math.max(12, simulation.settings.nodes() / 5));
        simulation.queue.after(1 + random.nextLong(2 * meanNanos), () -> {
            SimNode node = simulation.nodes.get(random.nextInt(simulation.nodes.size()));
            happen(kinds.get(random.nextInt(kinds.size())), node);
            next();
        });
    }

    private void happen(Fault fault, SimNode node) {
        switch (fault) {
            case BUSY_ORIGIN -> simulation.network.busyUntilNanos = simulation.queue.nowNanos() + pauseNanos();
            case PARTITIONS -> partition();
            case FAILOVERS -> failOver();
            case DEPOSED -> depose();
            default -> {
                if (node.alive && node.linked && !node.leaving && simulation.scheduling.isThere()) {
                    happenTo(node, fault);
                }
            }
        }
    }

    private void happenTo(SimNode node, Fault fault) {
        switch (fault) {
            case DISK_FAILURES -> {
                chaos.count(fault);
                node.diskBrokenUntilNanos = simulation.queue.nowNanos() + pauseNanos();
            }
            case FLIPPED_BITS -> {
                if (node.rot(random.nextInt(simulation.settings.pieces()))) {
                    chaos.count(fault);
                }
            }
            case CRASHES -> crash(node, fault, 0);
            case POWER_LOSSES -> crash(node, fault, 1 + random.nextInt(6));
            case LOST_DISKS -> {
                crash(node, fault, 0);
                simulation.wiped(node);
            }
            case LINK_LOSSES, REPEATED_HELLOS -> loseLink(node, fault);
            case SILENCES -> {
                chaos.count(fault);
                simulation.excuse(node);
                node.silentUntilNanos = simulation.queue.nowNanos() + pauseNanos();
            }
            case LEAVINGS -> leave(node);
            default -> throw new IllegalStateException("nothing breaks by itself: " + fault);
        }
    }

    private void crash(SimNode node, Fault fault, int unsyncedLost) {
        chaos.count(fault);
        simulation.network.cutIncoming(node);
        simulation.network.cutOutgoing(node);
        node.crash(unsyncedLost);
        simulation.scheduling.linkBroke(node);
        simulation.queue.after(pauseNanos(), () -> {
            node.alive = true;
            attach(node, node.generation);
        });
    }

    private void loseLink(SimNode node, Fault fault) {
        chaos.count(fault);
        simulation.excuse(node);
        node.linkLost();
        if (fault == Fault.LINK_LOSSES) {
            simulation.scheduling.linkBroke(node);
        }
        int generation = node.generation;
        simulation.queue.after(pauseNanos(), () -> attach(node, generation));
    }

    private void leave(SimNode node) {
        int nodes = simulation.nodes.size();
        if (nodes < 3 || left >= Math.max(1, nodes / LEAVING_PART)) {
            return;
        }
        left++;
        chaos.count(Fault.LEAVINGS);
        node.leaving = true;
        simulation.excuse(node);
        simulation.left(node);
        simulation.network.cutIncoming(node);
        node.linkLost();
        simulation.scheduling.linkBroke(node);
        simulation.queue.after(LEAVE_NANOS, () -> {
            node.alive = false;
            simulation.network.cutOutgoing(node);
        });
    }

    /** Everybody's stream ends, and nobody is there who grants anything until another takes over. */
    private void failOver() {
        if (takeOvers >= TAKE_OVERS_MAX || !simulation.scheduling.isThere()) {
            return;
        }
        takeOvers++;
        chaos.count(Fault.FAILOVERS);
        simulation.scheduling.stop();
        for (SimNode node : simulation.nodes) {
            if (node.alive && node.linked && !node.leaving) {
                node.linkLost();
                int generation = node.generation;
                simulation.queue.after(1 + random.nextLong(ATTACH_NANOS), () -> attach(node, generation));
            }
        }
        simulation.queue.after(
                1 + random.nextLong(TAKE_OVER_NANOS_MAX), () -> simulation.scheduling.takeOver(random.nextLong()));
    }

    /** The old one looks at its lock before it grants: it falls silent, and the nodes find the new one after each other. */
    private void depose() {
        if (takeOvers >= TAKE_OVERS_MAX || !simulation.scheduling.isThere()) {
            return;
        }
        takeOvers++;
        chaos.count(Fault.DEPOSED);
        simulation.scheduling.takeOver(random.nextLong());
        for (SimNode node : simulation.nodes) {
            int generation = node.generation;
            simulation.queue.after(1 + random.nextLong(pauseNanos()), () -> {
                if (node.alive && node.linked && !node.leaving && node.generation == generation) {
                    node.linkLost();
                    attach(node, node.generation);
                }
            });
        }
    }

    /** The node's new stream, as soon as there is somebody at its other end. */
    private void attach(SimNode node, int generation) {
        if (!node.alive || node.linked || node.leaving || node.generation != generation) {
            return;
        }
        if (simulation.scheduling.isThere()) {
            simulation.scheduling.hello(node);
        } else {
            simulation.queue.after(ATTACH_NANOS / 2 + random.nextLong(ATTACH_NANOS), () -> attach(node, generation));
        }
    }

    private void partition() {
        for (SimNode node : simulation.nodes) {
            if (node.side != 0) {
                return; // one at a time
            }
        }
        chaos.count(Fault.PARTITIONS);
        for (SimNode node : simulation.nodes) {
            node.side = random.nextInt(3) == 0 ? 1 : 0;
        }
        simulation.nodes.forEach(simulation.network::cutBetweenSides);
        simulation.queue.after(pauseNanos(), () -> simulation.nodes.forEach(node -> node.side = 0));
    }

    private void lookAtIdle() {
        long now = simulation.queue.nowNanos();
        for (SimNode node : simulation.nodes) {
            var download = node.download();
            boolean idle = node.alive && node.linked && (download == null || download.leases() == 0);
            if (idle && node.finishedNanos < 0 && now - node.movedNanos > SILENCE_LINKED_NANOS) {
                node.movedNanos = now;
                node.want();
            }
        }
        simulation.queue.after(LOOK_NANOS, this::lookAtIdle);
    }

    private long pauseNanos() {
        return (1 + random.nextLong(40)) * simulation.pieceNanos;
    }
}
