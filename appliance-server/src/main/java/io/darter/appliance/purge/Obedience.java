package io.darter.appliance.purge;

import io.darter.appliance.node.NodeRecord;
import io.darter.link.v1.Obeyed;
import io.darter.link.v1.RemovedContent;
import io.darter.swarm.ContentKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Which list of tombstones each node has obeyed; who was told by another replica says so at its next attaching. Thread-safe.
 */
@Component
public class Obedience {
    private static final Logger log = LoggerFactory.getLogger(Obedience.class);
    private static final int CONTENTS_MAX = 10_000;

    private final Tombstones tombstones;
    private final Map<String, Report> reports = new ConcurrentHashMap<>();

    private record Report(String clusterId, long version) {}

    Obedience(Tombstones tombstones) {
        this.tombstones = tombstones;
    }

    /** May wait for the database where the node had some of it. */
    public void reported(NodeRecord node, Obeyed obeyed) {
        reports.put(node.id(), new Report(node.clusterId(), obeyed.getVersion()));
        obeyed.getRemovedList().stream().limit(CONTENTS_MAX).forEach(removed -> removed(node, removed));
    }

    private void removed(NodeRecord node, RemovedContent removed) {
        boolean failed = !removed.getFailure().isEmpty();
        log.atInfo()
                .addKeyValue("node", node.name())
                .addKeyValue("content", removed.getKey())
                .addKeyValue("bytes", removed.getBytes())
                .addKeyValue("failure", removed.getFailure())
                .log(failed ? "a purged content could not be removed" : "a purged content is removed");
        if (failed) {
            return;
        }
        try {
            tombstones.removedSome(node.clusterId(), new ContentKey(removed.getKey()), Math.max(0, removed.getBytes()));
        } catch (DataAccessException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("what a node removed is not counted");
        }
    }

    /** How many nodes hold nothing of a list that has this version. */
    int obeyed(String clusterId, long version) {
        return (int) reports.values().stream()
                .filter(report -> report.clusterId().equals(clusterId) && report.version() >= version)
                .count();
    }

    /** The node is gone for good. */
    public void forget(String nodeId) {
        reports.remove(nodeId);
    }
}
