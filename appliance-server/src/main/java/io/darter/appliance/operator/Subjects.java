package io.darter.appliance.operator;

import io.darter.appliance.access.Whereabouts;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.join.JoinTokenDesk;
import io.darter.appliance.node.NodeDesk;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.task.TaskStore;
import io.darter.operator.Rule.Where;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Looks things up where the operations will find them. */
@Component
class Subjects implements Whereabouts {
    private final Clusters clusters;
    private final SchedulerService scheduler;
    private final TaskStore tasks;
    private final JoinTokenDesk joinTokens;
    private final NodeDesk nodes;

    Subjects(Clusters clusters, SchedulerService scheduler, TaskStore tasks, JoinTokenDesk joinTokens, NodeDesk nodes) {
        this.nodes = nodes;
        this.clusters = clusters;
        this.scheduler = scheduler;
        this.tasks = tasks;
        this.joinTokens = joinTokens;
    }

    @Override
    public Optional<String> clusterOf(Where where, String subject) {
        return switch (where) {
            case NAMED_CLUSTER -> clusters.find(subject).map(Cluster::id);
            case CLUSTER_OF_TASK -> scheduler.clusterOfTask(subject).or(() -> tasks.clusterOf(subject));
            case CLUSTER_OF_NODE -> nodes.clusterOf(subject);
            case CLUSTER_OF_JOIN_TOKEN -> joinTokens.clusterOf(subject);
            case NOWHERE, SOME_CLUSTER, EVERY_CLUSTER ->
                throw new IllegalArgumentException(where + " names no cluster");
        };
    }
}
