package io.darter.swarm.scheduling;

import java.util.HashMap;
import java.util.Map;

/** Which contents share connections to origins: the layers of an image, and all that is fetched from one registry. One thread. */
final class OriginBudgets {
    /** Of one registry or host, whatever is fetched from it: more are refused by many, and fetch nothing sooner. */
    private static final int REGISTRY_CONNECTIONS_MAX = 16;

    private final int taskConnectionsMax;
    private final Map<String, OriginBudget> tasks = new HashMap<>();
    private final Map<String, OriginBudget> registries = new HashMap<>();

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
        if (content.registry.contents == 0) {
            registries.remove(content.spec.registry());
        }
    }
}
