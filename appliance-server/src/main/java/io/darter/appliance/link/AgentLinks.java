package io.darter.appliance.link;

import io.darter.appliance.scheduling.AgentPort;
import io.darter.link.v1.SchedulerMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The links of this replica: what all agents of a cluster are told, and whose link is ended. Thread-safe. */
@Component
public class AgentLinks {
    private final Map<AgentPort, Attached> links = new ConcurrentHashMap<>();

    private record Attached(String clusterId, String nodeId, Runnable detach) {}

    /** @param detach what follows when the link is ended from here */
    void attached(AgentPort port, String clusterId, String nodeId, Runnable detach) {
        links.put(port, new Attached(clusterId, nodeId, detach));
    }

    void detached(AgentPort port) {
        links.remove(port);
    }

    /** Tells every agent of the cluster that is linked here; never waits. */
    public void tell(String clusterId, SchedulerMessage message) {
        links.forEach((port, link) -> {
            if (link.clusterId().equals(clusterId)) {
                port.send(message);
            }
        });
    }

    /** Ends all links of the node with words for its log. */
    public void end(String nodeId, String code, String words) {
        links.forEach((port, link) -> {
            if (link.nodeId().equals(nodeId) && links.remove(port, link)) {
                port.refuse(code, words);
                link.detach().run();
            }
        });
    }
}
