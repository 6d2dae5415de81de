package io.darter.desktop.live;

import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Overview;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskView;
import java.time.Instant;
import java.util.List;

/** Everything the window shows, as it was at one time. */
public record Snapshot(Instant at, Overview overview, List<NodeView> nodes, List<TaskView> tasks) {
    static Snapshot fetch(OperatorApi api, Instant now) {
        return new Snapshot(
                now,
                api.overview(),
                List.copyOf(api.nodes(NodeQuery.all()).items()),
                List.copyOf(api.tasks(TaskQuery.all()).items()));
    }
}
