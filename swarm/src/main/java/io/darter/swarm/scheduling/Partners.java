package io.darter.swarm.scheduling;

import java.util.List;

/**
 * Who may be connected with whom. A child fetches from few parents at once and a parent serves few children at once, in
 * one content; between two of them the requests stand in line on one connection.
 *
 * <p>A link that is shared by many transfers finishes all of them late, and only a finished piece can be passed on: the
 * fewer there are, the faster a new piece multiplies. But a link with a single transfer idles from its end to the next
 * grant. Two partners, with a second request waiting at each, keep both ends of a link busy and pieces fast.
 */
final class Partners {
    private final LeaseBook leases;

    Partners(LeaseBook leases) {
        this.leases = leases;
    }

    boolean allow(Member child, Member parent) {
        int pair = 0;
        for (int i = 0; i < child.leases.size(); i++) {
            if (child.leases.get(i).parent == parent) {
                pair++;
            }
        }
        if (pair > 0) {
            return pair < leases.policy.pipelineLeases();
        }
        // What comes from the origin takes its part of the child's link, and what is lost there the origin sends again.
        int most = Math.max(1, leases.policy.partners() - (child.originLeases > 0 ? 1 : 0));
        if (parent.node.uploads == 0) {
            return parents(child.leases) < 2 * most; // an idle link slows nobody down
        }
        return parents(child.leases) < most && children(parent.serving) < leases.policy.partners();
    }

    private static int parents(List<GrantedLease> leases) {
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
    private int children(List<GrantedLease> serving) {
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
