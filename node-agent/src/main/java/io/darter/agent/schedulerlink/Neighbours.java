package io.darter.agent.schedulerlink;

import io.darter.agent.peer.PieceClient.Parent;
import io.darter.swarm.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * Some other nodes of the cluster, as the scheduler last told.
 *
 * @param self as which this node is known to them; empty until it was linked
 * @param nodes without capabilities
 */
public record Neighbours(Optional<NodeId> self, List<Parent> nodes) {
    static final Neighbours NONE = new Neighbours(Optional.empty(), List.of());
}
