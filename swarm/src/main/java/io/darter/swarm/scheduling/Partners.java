package io.darter.swarm.scheduling;

import java.util.List;

/**
 * Who may be connected with whom. A child fetches from few parents at once and a parent serves few children at once, in
 * one content; between two of them the requests stand in line on one connection. Which rule holds depends on how many
 * nodes take part at the moment.
 */
final class Partners {
    /** What is best for few and what is best for many are about equal there (docs/decisions/0025). */
    private static final int SMALL_SWARM_NODES = 128;

    private final LeaseBook leases;
    private final PartnerRule small;
    private final PartnerRule large;

    Partners(LeaseBook leases) {
        this.leases = leases;
        this.small = new SmallSwarmRule(leases);
        this.large = new LargeSwarmRule(leases);
    }

    PartnerRule rule(ContentState content) {
        return content.members.size() <= SMALL_SWARM_NODES ? small : large;
    }

    /** Unfinished leases of the child on the parent. */
    static int pair(Member child, Member parent) {
        int pair = 0;
        for (int i = 0; i < child.leases.size(); i++) {
            pair += child.leases.get(i).parent == parent ? 1 : 0;
        }
        return pair;
    }

    static int parents(List<GrantedLease> leases) {
        int parents = 0;
        for (int i = 0; i < leases.size(); i++) {
            Member parent = leases.get(i).parent;
            boolean first = parent != null;
            for (int j = 0; j < i && first; j++) {
                first = leases.get(j).parent != parent;
            }
            parents += first ? 1 : 0;
        }
        return parents;
    }

    /** A child with a slow link leaves nearly all of the parent's to others, so it does not count. */
    int children(List<GrantedLease> serving) {
        int children = 0;
        for (int i = 0; i < serving.size(); i++) {
            Member child = serving.get(i).child;
            boolean first = !leases.isSlowReceiver(child.node);
            for (int j = 0; j < i && first; j++) {
                first = serving.get(j).child != child;
            }
            children += first ? 1 : 0;
        }
        return children;
    }
}
