package io.darter.swarm.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Breaks things at random times: nodes die and return, links to the scheduler break, parents lie, messages are late. */
final class Chaos {
    private static final int CORRUPTING_PERCENT = 3;
    private static final int CORRUPT_PIECES_PERCENT = 20;
    private static final int LATE_PER_THOUSAND = 5;
    /** Rare: who of many fetchers lied shows only when one has fetched a whole alone. */
    private static final int LYING_PER_THOUSAND = 10;

    private final Simulation simulation;
    private final SplittableRandom random;
    private final boolean on;
    private final Map<String, Integer> faults = new LinkedHashMap<>();

    Chaos(Simulation simulation, SplittableRandom random) {
        this.simulation = simulation;
        this.random = random;
        this.on = simulation.settings.chaos();
        if (on) {
            for (String kind :
                    new String[] {"crashes", "returns", "linkLosses", "corruptPieces", "wrongFetches", "lateMessages"
                    }) {
                faults.put(kind, 0);
            }
        }
    }

    Map<String, Integer> faults() {
        return faults;
    }

    void start() {
        for (SimNode node : simulation.nodes) {
            node.corrupting = random.nextInt(100) < CORRUPTING_PERCENT;
            node.lyingFetcher = random.nextInt(1000) < LYING_PER_THOUSAND;
        }
        next();
    }

    boolean corrupts(SimNode parent) {
        if (!on || !parent.corrupting || random.nextInt(100) >= CORRUPT_PIECES_PERCENT) {
            return false;
        }
        count("corruptPieces");
        return true;
    }

    boolean liesAboutOrigin(SimNode fetcher) {
        if (!on || !fetcher.lyingFetcher) {
            return false;
        }
        count("wrongFetches");
        return true;
    }

    /** Extra latency of a message. */
    long delayNanos() {
        if (!on || random.nextInt(1000) >= LATE_PER_THOUSAND) {
            return 0;
        }
        count("lateMessages");
        return random.nextLong(10 * simulation.pieceNanos);
    }

    /** About one fault in ten nodes in the time that an undisturbed run takes; then it is quiet, so that all can finish. */
    private void next() {
        long spanNanos = simulation.pieceNanos * (simulation.settings.pieces() + 16L);
        if (simulation.queue.nowNanos() > spanNanos) {
            return;
        }
        long meanNanos = Math.max(1, spanNanos / Math.max(4, simulation.settings.nodes() / 10));
        simulation.queue.after(1 + random.nextLong(2 * meanNanos), () -> {
            SimNode node = simulation.nodes.get(random.nextInt(simulation.nodes.size()));
            if (node.alive && node.linked) {
                if (random.nextBoolean()) {
                    crash(node);
                } else {
                    loseLink(node);
                }
            }
            next();
        });
    }

    private void crash(SimNode node) {
        count("crashes");
        boolean keepsDisk = random.nextInt(4) > 0;
        node.crash();
        simulation.cut(node);
        simulation.linkBroke(node);
        if (!keepsDisk) {
            simulation.wiped(node);
        }
        simulation.queue.after(pauseNanos(), () -> {
            count("returns");
            node.alive = true;
            simulation.join(node);
        });
    }

    private void loseLink(SimNode node) {
        count("linkLosses");
        node.linkLost();
        simulation.linkBroke(node);
        int generation = node.generation;
        simulation.queue.after(pauseNanos(), () -> {
            if (node.alive && node.generation == generation) {
                simulation.join(node);
            }
        });
    }

    private long pauseNanos() {
        return (1 + random.nextLong(40)) * simulation.pieceNanos;
    }

    private void count(String kind) {
        faults.merge(kind, 1, Integer::sum);
    }
}
