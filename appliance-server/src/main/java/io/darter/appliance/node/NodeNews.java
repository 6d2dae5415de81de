package io.darter.appliance.node;

import com.google.protobuf.ByteString;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.join.Certificates;
import io.darter.appliance.link.AgentLinks;
import io.darter.appliance.purge.Obedience;
import io.darter.appliance.purge.Tombstones;
import io.darter.appliance.scheduling.AgentPort;
import io.darter.appliance.scheduling.SchedulerService;
import io.darter.appliance.settings.ServerConfig;
import io.darter.link.v1.Revocations;
import io.darter.link.v1.Revoked;
import io.darter.link.v1.SchedulerMessage;
import io.darter.swarm.ContentKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Brings what operators decided of nodes and contents to whom it concerns: the links of this replica and its scheduler. At
 * once where it was decided; the other replicas look every two seconds whether there is something new. Thread-safe.
 */
@Component
public class NodeNews {
    private static final Logger log = LoggerFactory.getLogger(NodeNews.class);
    /** So many a message, far below the most that a message may have. */
    private static final int REVOKED_AT_ONCE = 16_384;

    private final NodeDirectory nodes;
    private final NodeWishes wishes;
    private final Clusters clusters;
    private final Certificates certificates;
    private final Tombstones tombstones;
    private final AgentLinks links;
    private final Obedience obedience;
    private final SchedulerService scheduler;
    private final boolean shared;
    private volatile long revision;

    NodeNews(
            NodeDirectory nodes,
            NodeWishes wishes,
            Clusters clusters,
            Certificates certificates,
            Tombstones tombstones,
            AgentLinks links,
            Obedience obedience,
            SchedulerService scheduler,
            ServerConfig config) {
        this.nodes = nodes;
        this.wishes = wishes;
        this.clusters = clusters;
        this.certificates = certificates;
        this.tombstones = tombstones;
        this.links = links;
        this.obedience = obedience;
        this.scheduler = scheduler;
        this.shared = config.shared();
        this.revision = wishes.revision();
    }

    @Scheduled(initialDelay = 2_000, fixedDelay = 2_000)
    void look() {
        if (shared) {
            try {
                bring();
            } catch (DataAccessException e) {
                log.atDebug().setCause(e).log("decisions of other replicas not read; tried again");
            }
        }
    }

    /** To be called when a change of nodes or tombstones is in the database. */
    public synchronized void bring() {
        long latest = wishes.revision();
        if (latest == revision) {
            return;
        }
        // All is read before anybody is told: whoever attaches meanwhile is told the new.
        certificates.readRevoked();
        Map<String, Set<ContentKey>> purged = tombstones.refresh();
        NodeDirectory.News news = nodes.readWishes();
        revision = latest;
        for (NodeRecord node : news.removed()) {
            obedience.forget(node.id());
            links.end(node.id(), "NODE_REMOVED", "This node was removed from its cluster. Join with a new token");
        }
        for (Cluster cluster : clusters.all()) {
            lists(cluster.id(), message -> links.tell(cluster.id(), message));
        }
        try {
            for (NodeRecord node : news.changed()) {
                scheduler.changed(node);
            }
            for (Map.Entry<String, Set<ContentKey>> fresh : purged.entrySet()) {
                scheduler.purged(fresh.getKey(), fresh.getValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What an agent has to know of revocations and tombstones when it attaches; never waits. */
    public void tell(String clusterId, AgentPort port) {
        lists(clusterId, port::send);
    }

    private void lists(String clusterId, Consumer<SchedulerMessage> to) {
        long version = revision;
        if (version == 0) {
            return; // nothing was ever decided
        }
        List<Certificates.Revoked> revoked = certificates.revokedIn(clusterId);
        for (int from = 0; from < revoked.size(); from += REVOKED_AT_ONCE) {
            Revocations.Builder list = Revocations.newBuilder().setVersion(version);
            revoked.subList(from, Math.min(revoked.size(), from + REVOKED_AT_ONCE))
                    .forEach(each -> list.addRevoked(Revoked.newBuilder()
                            .setSerial(ByteString.copyFrom(new BigInteger(each.serial(), 16).toByteArray()))
                            .setNode(each.nodeId())
                            .setExpiresAtMillis(each.expiresAtMillis())));
            to.accept(SchedulerMessage.newBuilder().setRevocations(list).build());
        }
        ByteArrayOutputStream keys = new ByteArrayOutputStream();
        tombstones.keys(clusterId).forEach(key -> keys.writeBytes(HexFormat.of().parseHex(key.hex())));
        to.accept(SchedulerMessage.newBuilder()
                .setTombstones(io.darter.link.v1.Tombstones.newBuilder()
                        .setVersion(version)
                        .setKeys(ByteString.copyFrom(keys.toByteArray())))
                .build());
    }
}
