package io.darter.swarm.simulation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Several runs as one result: the worst figures, all faults, and a digest of the digests. */
final class RunSummary {
    private static final int RUNS_FOR_ALL_FAULTS = 100;

    private @Nullable SimulationResult total;
    private int failed;
    private int runs;

    void add(SimulationResult result) {
        runs++;
        failed += result.violations().isEmpty() ? 0 : 1;
        SimulationResult before = total;
        total = before == null ? result : worse(before, result);
    }

    int failed() {
        return failed;
    }

    /** Kinds of faults that never happened in so many runs that each should have. */
    List<String> missing() {
        SimulationResult result = total;
        if (result == null || runs < RUNS_FOR_ALL_FAULTS) {
            return List.of();
        }
        return Arrays.stream(Fault.values())
                .map(fault -> fault.json)
                .filter(kind -> result.faults().getOrDefault(kind, 1) == 0)
                .toList();
    }

    String json() {
        SimulationResult result = total;
        return result == null ? "{}" : result.json();
    }

    String line(SimulationResult result, double seconds) {
        return String.format(
                Locale.ROOT,
                "seed %d: ratio %s, stragglers %s, origin %.4f, messages per piece %.3f, faults %s, %.1f s, digest %s",
                result.settings().seed(),
                SimulationResult.number(result.ratio()),
                SimulationResult.number(result.stragglerRatio()),
                result.originRatio(),
                result.messagesPerPiece(),
                result.faults(),
                seconds,
                result.eventDigest().substring(0, 12));
    }

    private static SimulationResult worse(SimulationResult a, SimulationResult b) {
        Map<String, Integer> faults = new LinkedHashMap<>(a.faults());
        b.faults().forEach((kind, count) -> faults.merge(kind, count, Integer::sum));
        return new SimulationResult(
                a.settings(),
                worse(a.ratio(), b.ratio()),
                worse(a.stragglerRatio(), b.stragglerRatio()),
                Math.max(a.originRatio(), b.originRatio()),
                Math.max(a.messagesPerPiece(), b.messagesPerPiece()),
                EventDigest.of(a.eventDigest() + b.eventDigest()),
                faults,
                Math.max(a.crossZoneRatio(), b.crossZoneRatio()),
                List.of());
    }

    private static @Nullable Double worse(@Nullable Double a, @Nullable Double b) {
        return a == null ? b : b == null ? a : Double.valueOf(Math.max(a, b));
    }
}
