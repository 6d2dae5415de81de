package io.darter.appliance.scheduling;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.task.TaskBook;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Hello;
import io.darter.link.v1.Replicas;
import io.darter.link.v1.SchedulerMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One cluster in this replica: the links of its nodes, which outlast ownerships, and its scheduler while this replica owns
 * it. Thread-safe.
 */
final class ClusterSeat {
    private static final Logger log = LoggerFactory.getLogger(ClusterSeat.class);

    private final Cluster cluster;
    private final byte[] clusterKey;
    private final Greetings greetings;
    private final AtomicLong seen = new AtomicLong();
    /** By node, the newest link of each. */
    private final Map<String, Attached> links = new LinkedHashMap<>();

    private volatile @Nullable Running running;

    private record Attached(NodeRecord node, Hello hello, String peerHost, AgentPort port) {
        Mail.LinkUp mail() {
            return new Mail.LinkUp(node, hello, peerHost, port);
        }
    }

    /**
     * A scheduler at work.
     *
     * @param epoch the ownership's; a scheduler that is alone may raise it
     */
    record Running(ClusterScheduler scheduler, TaskBook tasks, AtomicLong epoch) {}

    ClusterSeat(Cluster cluster, byte[] clusterKey, Greetings greetings) {
        this.cluster = cluster;
        this.clusterKey = clusterKey;
        this.greetings = greetings;
    }

    Cluster cluster() {
        return cluster;
    }

    byte[] clusterKey() {
        return clusterKey;
    }

    Optional<Running> running() {
        return Optional.ofNullable(running);
    }

    /** The highest epoch that anybody spoke of. */
    long seen() {
        return seen.get();
    }

    void seen(long epoch) {
        seen.accumulateAndGet(epoch, Math::max);
    }

    void linkUp(NodeRecord node, Hello hello, String peerHost, AgentPort port) throws InterruptedException {
        Attached fresh = new Attached(node, hello, peerHost, port);
        Running owner;
        synchronized (this) {
            owner = running;
            Attached old = links.put(node.id(), fresh);
            if (old != null && owner == null) {
                SwarmDesk.refuseReplaced(old.node(), old.port());
            }
            greet(fresh, owner);
        }
        // Waits while the scheduler is behind; whoever ends it must not wait for that.
        if (owner != null) {
            owner.scheduler.post(fresh.mail());
        }
    }

    void linkDown(NodeRecord node, AgentPort port) throws InterruptedException {
        Running owner;
        synchronized (this) {
            owner = running;
            Attached known = links.get(node.id());
            if (known != null && known.port().equals(port)) {
                links.remove(node.id());
            }
        }
        if (owner != null) {
            owner.scheduler.post(new Mail.LinkDown(node, port));
        }
    }

    /** To the scheduler, if this replica owns the cluster; another one reads it from the database when it takes over. */
    void tell(Mail mail) throws InterruptedException {
        Running owner = running;
        if (owner != null) {
            owner.scheduler.post(mail);
        }
    }

    /** What an agent says to a replica that is not the owner has no meaning: it says it again to the owner. */
    void received(NodeRecord node, AgentPort port, AgentMessage message) throws InterruptedException {
        Running owner = running;
        if (owner != null) {
            owner.scheduler.post(new Mail.FromAgent(node, port, message));
        }
    }

    /** The scheduler begins; every node that is linked is welcomed to it. */
    synchronized void gain(Running owner) throws InterruptedException {
        seen(owner.epoch.get());
        for (Attached link : links.values()) {
            owner.scheduler.post(link.mail());
        }
        running = owner;
        links.values().forEach(link -> greet(link, owner));
        owner.scheduler.start();
        log.atInfo()
                .addKeyValue("cluster", cluster.name())
                .addKeyValue("epoch", owner.epoch)
                .addKeyValue("links", links.size())
                .log("scheduling");
    }

    /** The scheduler ends; what it was about to grant is not granted. */
    void lose() throws InterruptedException {
        Running owner;
        synchronized (this) {
            owner = running;
            running = null;
            links.values().forEach(link -> link.port().send(greetings.notOwner(cluster.id())));
        }
        if (owner != null) {
            owner.scheduler.stop();
        }
    }

    /** Tells all nodes where the replicas are now. */
    void tellReplicas() {
        Replicas replicas = greetings.replicas();
        SchedulerMessage message =
                SchedulerMessage.newBuilder().setReplicas(replicas).build();
        List<Attached> all;
        synchronized (this) {
            all = new ArrayList<>(links.values());
        }
        if (replicas.getReplicasCount() > 0) {
            all.forEach(link -> link.port().send(message));
        }
    }

    private void greet(Attached link, @Nullable Running owner) {
        link.port()
                .send(
                        owner == null
                                ? greetings.notOwner(cluster.id())
                                : greetings.welcome(link.node(), clusterKey, owner.epoch.get()));
        Replicas replicas = greetings.replicas();
        if (replicas.getReplicasCount() > 0) {
            link.port().send(SchedulerMessage.newBuilder().setReplicas(replicas).build());
        }
    }
}
