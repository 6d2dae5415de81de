package io.darter.swarm.scheduling;

import java.util.List;

/** What follows when an operator takes a node out of the others' service, and puts it back. */
final class DutyDesk {
    private final LeaseBook leases;
    private final OriginPlanner origins;
    private final List<ContentState> contents;

    /** @param contents all there are, whenever one looks */
    DutyDesk(LeaseBook leases, OriginPlanner origins, List<ContentState> contents) {
        this.leases = leases;
        this.origins = origins;
        this.contents = contents;
    }

    /** A seed that is there for others is asked for whatever somebody waits for. */
    void enlist(NodeState node) {
        if (node.seed && node.worksForOthers()) {
            origins.seeds.add(node);
            for (ContentState content : contents) {
                content.origin.seedsAsked = false;
                leases.wake(content);
            }
        }
    }

    void change(NodeState node, NodeTraits traits) {
        List<Member> known = List.copyOf(node.members);
        boolean worked = node.worksForOthers();
        List<Member> askable = known.stream().filter(Member::askable).toList();
        node.take(traits);
        if (worked && !node.worksForOthers()) {
            origins.seeds.remove(node);
            askable.forEach(member -> member.content.holds(member, false));
            known.forEach(this::endFetchingForOthers);
        } else if (!worked && node.worksForOthers()) {
            known.stream().filter(Member::askable).forEach(member -> member.content.holds(member, true));
            enlist(node);
        }
        if (node.duty == NodeDuty.DRAINING) {
            known.forEach(member -> List.copyOf(member.serving).forEach(leases::endAndRevoke));
        }
        for (Member member : known) {
            leases.refresh(member);
            leases.wake(member.content);
            leases.wakeChild(member);
            leases.wakeParent(member);
        }
    }

    /** Nobody would be sent to it for these pieces. */
    private void endFetchingForOthers(Member member) {
        for (GrantedLease lease : List.copyOf(member.leases)) {
            if (lease.fromOrigin() && !member.live) {
                leases.endAndRevoke(lease);
            }
        }
    }
}
