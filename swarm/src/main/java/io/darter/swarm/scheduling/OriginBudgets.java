package io.darter.swarm.scheduling;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which contents share connections to origins: the layers of an image, and all that is fetched from one registry. One thread. */
final class OriginBudgets {
    /** Of one registry or host, whatever is fetched from it: more are refused by many, and fetch nothing sooner. */
    private static final int REGISTRY_CONNECTIONS_MAX = 16;

    private final int taskConnectionsMax;
    private final Map<String, OriginBudget> tasks = new HashMap<>();
    private final Map<String, OriginBudget> registries = new HashMap<>();
    /** Those of origins that had too much to do lately, in the order in which they said so. */
    private final Map<String, OriginBudget> throttled = new LinkedHashMap<>();

    OriginBudgets(int taskConnectionsMax) {
        this.taskConnectionsMax = taskConnectionsMax;
    }

    OriginBudget ofTask(ContentSpec spec) {
        return entered(tasks.computeIfAbsent(spec.task(), _ -> new OriginBudget(taskConnectionsMax, true)));
    }

    OriginBudget ofRegistry(ContentSpec spec) {
        int most = spec.registry().isEmpty() ? Integer.MAX_VALUE : REGISTRY_CONNECTIONS_MAX;
        return entered(registries.computeIfAbsent(spec.registry(), _ -> new OriginBudget(most, false)));
    }

    /** The origin of this content has too much to do. */
    void busy(ContentState content, long pauseNanos, long nowNanos) {
        String registry = content.spec.registry();
        if (!registry.isEmpty()) { // else nobody knows what else comes from there
            content.registry.busy(pauseNanos, nowNanos);
            throttled.put(registry, content.registry);
        }
    }

    /** Those that have room now and had none. */
    List<OriginBudget> tick(long nowNanos) {
        if (throttled.isEmpty()) {
            return List.of();
        }
        List<OriginBudget> roomier = throttled.values().stream()
                .filter(budget -> budget.recovers(nowNanos))
                .toList();
        throttled.values().removeIf(budget -> !budget.isThrottled());
        registries.values().removeIf(budget -> budget.contents == 0 && !budget.isThrottled());
        return roomier;
    }

    private static OriginBudget entered(OriginBudget budget) {
        budget.contents++;
        return budget;
    }

    void forget(ContentState content) {
        content.task.forget(content);
        content.registry.forget(content);
        if (content.task.contents == 0) {
            tasks.remove(content.spec.task());
        }
        if (content.registry.contents == 0 && !content.registry.isThrottled()) {
            registries.remove(content.spec.registry());
        }
    }
}
