package io.darter.appliance.operator;

import io.darter.appliance.access.ApiTokenDesk;
import io.darter.appliance.access.OperatorGuard;
import io.darter.appliance.access.PeopleDesk;
import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.coordination.Coordination;
import io.darter.appliance.join.JoinTokenDesk;
import io.darter.appliance.node.NodeDesk;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.purge.EvictDesk;
import io.darter.appliance.purge.PurgeDesk;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.task.TaskStore;
import io.darter.appliance.trace.TraceDesk;
import io.darter.operator.OperatorApi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the operator's interface, so that nobody can get hold of it but through its guard. */
@Configuration(proxyBeanMethods = false)
class OperatorConfiguration {
    @Bean
    OperatorApi operatorApi(
            OperatorGuard guard,
            Clusters clusters,
            NodeDirectory nodes,
            JoinTokenDesk tokens,
            SchedulerService scheduler,
            TaskStore taskStore,
            Coordination coordination,
            TraceDesk traces,
            PeopleDesk people,
            ApiTokenDesk apiTokens,
            AuditLog audit,
            NodeDesk nodeDesk,
            PurgeDesk purges,
            EvictDesk evictions) {
        return guard.around(new OperatorService(
                clusters,
                nodes,
                tokens,
                scheduler,
                taskStore,
                coordination,
                traces,
                people,
                apiTokens,
                audit,
                new OperatorService.Fleet(nodeDesk, purges, evictions)));
    }
}
