package io.darter.swarm.simulation;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Which kinds of faults this seed has, how often each happened, and whether one happens now. */
final class Chaos {
    /** One seed in so many has nothing that destroys: how long it takes is checked. */
    private static final int CALM = 5;

    private static final int CORRUPTING_PERCENT = 3;
    private static final int CORRUPT_PIECES_PERCENT = 20;
    private static final int STALLING_PERCENT = 5;
    private static final int STALLED_TRANSFERS_PERCENT = 20;
    private static final int LATE_PER_THOUSAND = 5;
    private static final int CUTS_PER_THOUSAND = 15;
    /** Rare: who of many fetchers lied shows only when one has fetched a whole alone. */
    private static final int LYING_PER_THOUSAND = 10;

    private static final long SKEW_NANOS_MAX = 600_000_000_000L;
    private static final double DRIFT_MAX = 0.001;
    private static final double[] RATES = {0.25, 0.5, 1, 1, 1, 2};

    final SplittableRandom random;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final boolean calm;
    private final boolean isOn;
    private final long pieceNanos;

    Chaos(SimulationSettings settings, SplittableRandom random) {
        this.random = random;
        this.pieceNanos = SimulationSettings.PIECE_NANOS;
        this.isOn = settings.chaos();
        this.calm = isOn && random.nextInt(CALM) == 0;
        for (Fault fault : Fault.values()) {
            if (isOn && random.nextBoolean() && !(calm && fault.destructive)) {
                counts.put(fault, 0);
            }
        }
    }

    /** Whether this seed has faults of this kind. */
    boolean has(Fault fault) {
        return counts.containsKey(fault);
    }

    /** Whether nothing was made so that its time says nothing. */
    boolean isCalm() {
        return !isOn || calm;
    }

    void count(Fault fault) {
        counts.merge(fault, 1, Integer::sum);
    }

    /** All kinds with how often they happened; empty without chaos. */
    Map<String, Integer> faults() {
        Map<String, Integer> all = new LinkedHashMap<>();
        for (Fault fault : Fault.values()) {
            if (isOn) {
                all.put(fault.json, counts.getOrDefault(fault, 0));
            }
        }
        return all;
    }

    /** A node's rate, as a part of the usual one. */
    double rate() {
        if (!has(Fault.UNEQUAL_LINKS)) {
            return 1;
        }
        double rate = RATES[random.nextInt(RATES.length)];
        if (rate != 1) {
            count(Fault.UNEQUAL_LINKS);
        }
        return rate;
    }

    /** What this node is like; called once for each, in order. */
    void shape(SimNode node) {
        if (has(Fault.FAR_NODES) && random.nextInt(4) == 0) {
            node.extraLatencyNanos = random.nextLong(2 * pieceNanos);
            count(Fault.FAR_NODES);
        }
        if (has(Fault.ZONES)) {
            int zone = random.nextInt(3);
            node.zone = "z" + zone;
            node.rack = "z" + zone + "r" + random.nextInt(4);
        }
        if (has(Fault.SKEWED_CLOCKS) && random.nextBoolean()) {
            node.clock.skew(
                    random.nextLong(2 * SKEW_NANOS_MAX) - SKEW_NANOS_MAX, DRIFT_MAX * (2 * random.nextDouble() - 1));
            count(Fault.SKEWED_CLOCKS);
        }
        node.corrupting = has(Fault.CORRUPT_PIECES) && random.nextInt(100) < CORRUPTING_PERCENT;
        node.stalling = has(Fault.STALLS) && random.nextInt(100) < STALLING_PERCENT;
        node.lyingFetcher = has(Fault.WRONG_FETCHES) && random.nextInt(1000) < LYING_PER_THOUSAND;
    }

    /** How much later than the first a node comes. */
    long arrivalNanos(int pieces) {
        if (!has(Fault.LATE_ARRIVALS) || random.nextInt(3) > 0) {
            return 0;
        }
        count(Fault.LATE_ARRIVALS);
        return random.nextLong(pieceNanos * (pieces + 16L));
    }

    double originRate() {
        if (!has(Fault.SLOW_ORIGIN)) {
            return 1;
        }
        count(Fault.SLOW_ORIGIN);
        return random.nextBoolean() ? 0.25 : 0.5;
    }

    /** Requests that the origin answers at once. */
    int originConnections() {
        return has(Fault.CAPPED_ORIGIN) ? 1 + random.nextInt(2) : Integer.MAX_VALUE;
    }

    boolean corrupts(SimNode parent) {
        return parent.corrupting && happens(Fault.CORRUPT_PIECES, 10 * CORRUPT_PIECES_PERCENT);
    }

    boolean stalls(SimNode parent) {
        return parent.stalling && happens(Fault.STALLS, 10 * STALLED_TRANSFERS_PERCENT);
    }

    boolean liesAboutOrigin(SimNode fetcher) {
        return fetcher.lyingFetcher && happens(Fault.WRONG_FETCHES, 1000);
    }

    boolean cutsOrigin() {
        return happens(Fault.ORIGIN_CUTS, CUTS_PER_THOUSAND);
    }

    /** Extra latency of a message. */
    long delayNanos() {
        return happens(Fault.LATE_MESSAGES, LATE_PER_THOUSAND) ? random.nextLong(10 * pieceNanos) : 0;
    }

    boolean happens(Fault fault, int perThousand) {
        if (!has(fault) || random.nextInt(1000) >= perThousand) {
            return false;
        }
        count(fault);
        return true;
    }
}
