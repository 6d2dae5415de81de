package io.darter.appliance.operator;

import java.util.Optional;

/** One sentence of state. */
final class Sentences {
    private Sentences() {}

    static String state(long online, long total, long running, boolean redis, Optional<String> scheduledElsewhere) {
        StringBuilder text = new StringBuilder();
        if (total == 0) {
            text.append("No node has joined yet");
        } else if (online == total) {
            text.append(total == 1 ? "The only node is online" : "All " + total + " nodes are online");
        } else {
            text.append(online).append(" of ").append(total).append(" nodes are online");
        }
        text.append(
                running == 0
                        ? ", nothing is running"
                        : ", " + running + (running == 1 ? " task is" : " tasks are") + " running");
        text.append('.');
        scheduledElsewhere.ifPresent(owner -> text.append(
                owner.isEmpty()
                        ? " This replica stands by, and none schedules at the moment."
                        : " This replica stands by; replica " + owner + " schedules and knows what is running."));
        if (!redis) {
            text.append(" Degraded: Redis does not answer.");
        }
        return text.toString();
    }
}
