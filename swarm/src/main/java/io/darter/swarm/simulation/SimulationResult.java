package io.darter.swarm.simulation;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param ratio last healthy finish ÷ the equal-node bound of the healthy nodes; null without healthy nodes
 * @param stragglerRatio last slow finish ÷ (content ÷ their rate); null without slow nodes
 * @param originRatio bytes the origin sent ÷ bytes of the content
 * @param messagesPerPiece control messages of both directions ÷ (pieces × nodes)
 * @param faults what was broken on purpose, by kind, and how often
 * @param crossZoneRatio part of the pieces between nodes that went from one zone to another
 * @param violations what must never happen and did; empty if the run is good
 */
public record SimulationResult(
        SimulationSettings settings,
        @Nullable Double ratio,
        @Nullable Double stragglerRatio,
        double originRatio,
        double messagesPerPiece,
        String eventDigest,
        Map<String, Integer> faults,
        double crossZoneRatio,
        List<String> violations) {

    SimulationResult with(List<String> otherViolations) {
        return new SimulationResult(
                settings,
                ratio,
                stragglerRatio,
                originRatio,
                messagesPerPiece,
                eventDigest,
                faults,
                crossZoneRatio,
                otherViolations);
    }

    public String json() {
        StringBuilder text = new StringBuilder("{\"nodes\":" + settings.nodes() + ",\"pieces\":" + settings.pieces()
                + ",\"seed\":" + settings.seed() + ",\"ratio\":" + number(ratio) + ",\"stragglerRatio\":"
                + number(stragglerRatio) + ",\"originRatio\":" + number(originRatio) + ",\"messagesPerPiece\":"
                + number(messagesPerPiece) + ",\"eventDigest\":\"" + eventDigest + "\",\"faults\":{");
        String comma = "";
        for (Map.Entry<String, Integer> fault : faults.entrySet()) {
            text.append(comma).append('"').append(fault.getKey()).append("\":").append(fault.getValue());
            comma = ",";
        }
        text.append('}');
        if (settings.chaos()) {
            text.append(",\"crossZoneRatio\":").append(number(crossZoneRatio));
        }
        return text.append('}').toString();
    }

    static String number(@Nullable Double value) {
        return value == null ? "null" : String.format(Locale.ROOT, "%.4f", value);
    }
}
