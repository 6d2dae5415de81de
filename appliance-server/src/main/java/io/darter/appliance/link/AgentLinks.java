package io.darter.appliance.link;

import io.darter.appliance.scheduling.AgentPort;
import io.darter.link.v1.SchedulerMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The links of this replica: what all agents of a cluster are told, and whose link is ended. Thread-safe. */
@Component
public class AgentLinks {
    /** By node, the newest link of each. */
    private final Map<String, Attached> links = new ConcurrentHashMap<>();

    private record Attached(String clusterId, AgentPort port, Runnable detach) {}

    /** @param detach what follows when the link is ended from here */
    void attached(String nodeId, String clusterId, AgentPort port, Runnable detach) {
        links.put(nodeId, new Attached(clusterId, port, detach));
    }

    /** Only the end of the newest link counts. */
    void detached(String nodeId, AgentPort port) {
        links.computeIfPresent(nodeId, (_, link) -> link.port().equals(port) ? null : link);
    }

    /** Tells every agent of the cluster that is linked here; never waits. */
    public void tell(String clusterId, SchedulerMessage message) {
        links.values().stream()
                .filter(link -> link.clusterId().equals(clusterId))
                .forEach(link -> link.port().send(message));
    }

    /** Ends the node's link with words for its log. */
    public void end(String nodeId, String code, String words) {
        Attached link = links.remove(nodeId);
        if (link != null) {
            link.port().refuse(code, words);
            link.detach().run();
        }
    }
}
