package io.darter.appliance.scheduling;

import io.darter.appliance.node.NodeRecord;
import io.darter.swarm.ContentKey;
import io.darter.swarm.scheduling.NodeTraits;

/** What operators decided of a cluster's nodes and contents. Asked on the scheduler's thread: never waits. */
interface ClusterRules {
    /** Nobody decided anything. */
    ClusterRules NONE = new ClusterRules() {
        @Override
        public NodeTraits traits(NodeRecord node, String zone, String rack) {
            return new NodeTraits(node.isSeed(), zone, rack);
        }

        @Override
        public boolean isPurged(ContentKey key) {
            return false;
        }
    };

    /** @param zone as the agent says, like the rack */
    NodeTraits traits(NodeRecord node, String zone, String rack);

    /** Nobody may hold it. */
    boolean isPurged(ContentKey key);
}
