package io.darter.appliance.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmView;
import java.util.List;
import java.util.Optional;

/** The scheduling core as its adapter sees it; always called on one thread. */
interface SchedulingCore {
    List<SwarmCommand> apply(SwarmEvent event, long nowNanos);

    /** Two nodes that brought nothing of it, and are not this one, have found the whole right. */
    boolean isProved(ContentKey content, NodeId exceptBy);

    Optional<SwarmView> view(ContentKey content);
}
