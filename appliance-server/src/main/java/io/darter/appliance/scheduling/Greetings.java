package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.appliance.coordination.Coordination;
import io.darter.appliance.join.ApplianceIdentity;
import io.darter.appliance.node.NodeRecord;
import io.darter.link.Capability;
import io.darter.link.v1.NotOwner;
import io.darter.link.v1.Replica;
import io.darter.link.v1.Replicas;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Welcome;
import io.darter.swarm.NodeId;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** What an agent is told first: that this replica schedules for it, or that another one does. */
@Component
class Greetings {
    private static final String VERSION = "0.1.0";
    private static final int HEARTBEAT_SECONDS = 10;
    private static final int KEY_GENERATION = 1;

    private final ApplianceIdentity appliance;
    private final Coordination coordination;
    private final InstantSource clock;

    Greetings(ApplianceIdentity appliance, Coordination coordination, InstantSource clock) {
        this.appliance = appliance;
        this.coordination = coordination;
        this.clock = clock;
    }

    SchedulerMessage welcome(NodeRecord node, byte[] clusterKey, long epoch) {
        return SchedulerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setVersion(VERSION)
                        .setReplica(appliance.replica())
                        .setEpoch(epoch)
                        .setCluster(node.clusterId())
                        .setCapabilityKey(ByteString.copyFrom(
                                Capability.parentKey(clusterKey, new NodeId(node.id()), KEY_GENERATION)))
                        .setClockMillis(clock.millis())
                        .setHeartbeatSeconds(HEARTBEAT_SECONDS)
                        .setAnswersPings(true)
                        .setNode(node.id()))
                .build();
    }

    SchedulerMessage notOwner(String clusterId) {
        return SchedulerMessage.newBuilder()
                .setNotOwner(NotOwner.newBuilder()
                        .setReplica(appliance.replica())
                        .setOwner(coordination.owner(clusterId))
                        .setHeartbeatSeconds(HEARTBEAT_SECONDS))
                .build();
    }

    /** Where all replicas are; empty of an appliance that is alone. */
    Replicas replicas() {
        Replicas.Builder replicas = Replicas.newBuilder();
        coordination
                .replicaLinks()
                .forEach((name, links) ->
                        replicas.addReplicas(Replica.newBuilder().setName(name).addAllLinks(links)));
        return replicas.build();
    }
}
