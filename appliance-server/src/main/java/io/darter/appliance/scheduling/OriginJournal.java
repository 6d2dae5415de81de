package io.darter.appliance.scheduling;

import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;

/** Where origin leases are written down, so that another replica knows what was granted. Must not block. */
public interface OriginJournal {
    void granted(NodeId node, Lease lease);
}
