package io.darter.console;

import io.darter.operator.NodeQuery;
import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Overview;
import io.darter.operator.Page;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskQuery;
import io.darter.operator.TaskView;

/** Something a view can keep watching. Equal topics are fetched once, however many pages show them. */
sealed interface Topic<T> {
    /** Blocks. */
    T fetch(OperatorApi api);

    record Whole() implements Topic<Overview> {
        @Override
        public Overview fetch(OperatorApi api) {
            return api.overview();
        }
    }

    record Nodes() implements Topic<Page<NodeView>> {
        @Override
        public Page<NodeView> fetch(OperatorApi api) {
            return api.nodes(NodeQuery.all());
        }
    }

    record Tasks() implements Topic<Page<TaskView>> {
        @Override
        public Page<TaskView> fetch(OperatorApi api) {
            return api.tasks(TaskQuery.all());
        }
    }

    record OneTask(String id) implements Topic<TaskDetail> {
        @Override
        public TaskDetail fetch(OperatorApi api) {
            return api.task(id);
        }
    }
}
