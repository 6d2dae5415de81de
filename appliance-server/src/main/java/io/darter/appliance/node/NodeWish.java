package io.darter.appliance.node;

import io.darter.swarm.scheduling.NodeDuty;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What operators decided of a node.
 *
 * @param zone empty: what the agent says
 * @param rack empty: what the agent says
 */
record NodeWish(String zone, String rack, NodeDuty duty, SortedMap<String, String> labels) {
    static final NodeWish NONE = new NodeWish("", "", NodeDuty.FULL, new TreeMap<>());

    NodeWish {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    NodeWish with(NodeDuty other) {
        return new NodeWish(zone, rack, other, labels);
    }

    /** As the table and people call it: active, cordoned, draining. */
    static String word(NodeDuty duty) {
        return duty == NodeDuty.FULL ? "active" : duty.name().toLowerCase(Locale.ROOT);
    }

    static NodeDuty duty(String word) {
        return switch (word) {
            case "cordoned" -> NodeDuty.CORDONED;
            case "draining" -> NodeDuty.DRAINING;
            default -> NodeDuty.FULL;
        };
    }
}
