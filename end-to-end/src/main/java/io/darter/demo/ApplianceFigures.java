package io.darter.demo;

import java.io.IOException;
import java.util.List;

/** What left an origin that is not ours: told by the appliance, which journals every origin lease, and by the agents. */
final class ApplianceFigures {
    private static final int ROUNDS = 40;
    private static final long ROUND_MILLIS = 100;
    private static final String META_METRIC = "darter_origin_meta_bytes_total";

    private ApplianceFigures() {}

    /** Waits a little until the agents' last reports are in: until the figures stop to change. */
    static DemoReport.OriginFigures read(ApplianceProcess appliance, List<AgentProcess> agents)
            throws DemoFailure, InterruptedException {
        var before = now(appliance, agents);
        var same = 0;
        for (var round = 0; same < 5 && round < ROUNDS; round++) {
            Thread.sleep(ROUND_MILLIS);
            var after = now(appliance, agents);
            same = after.equals(before) ? same + 1 : 0;
            before = after;
        }
        return before;
    }

    private static DemoReport.OriginFigures now(ApplianceProcess appliance, List<AgentProcess> agents)
            throws DemoFailure, InterruptedException {
        var bytes = 0L;
        var peak = 0;
        for (var task : appliance.get("/tasks").path("items")) {
            bytes += task.path("originBytes").asLong(0);
            peak = Math.max(peak, task.path("peakOriginConnections").asInt(0));
        }
        var meta = 0L;
        for (var agent : agents) {
            meta += metaBytes(agent);
        }
        return new DemoReport.OriginFigures(bytes, meta, peak, "counted by appliance and agents");
    }

    private static long metaBytes(AgentProcess agent) throws InterruptedException {
        try {
            var answer = HttpDoor.direct().send("GET", agent.healthUrl() + "/metrics", null, null);
            return answer.body()
                    .lines()
                    .filter(line -> line.startsWith(META_METRIC))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException | NumberFormatException _) {
            return 0;
        }
    }
}
