package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.link.Capability;
import io.darter.link.v1.Parent;
import io.darter.link.v1.Partners;
import io.darter.link.v1.SchedulerMessage;
import io.darter.swarm.ContentKey;
import java.util.List;

/** Where a node finds another one, and by what right it asks there. */
final class Introductions {
    /** A parent that is slow to start on a queued transfer must still honour it; far below the hour that is allowed. */
    private static final long LEASE_MILLIS = 600_000;

    private static final long STEP_MILLIS = 60_000;
    /** What partners need it for may be a long absence of all schedulers. */
    private static final long PARTNER_MILLIS = 3_600_000 - STEP_MILLIS;

    private Introductions() {}

    /** For one lease. */
    static Parent parent(Link parent, Link child, ContentKey content, long nowMillis) {
        return place(parent)
                .setCapability(capability(parent, child, content, nowMillis, LEASE_MILLIS))
                .build();
    }

    /** @param group a content's key, or {@link PartnerBook#CLUSTER}: then by no right but that of a node of the cluster */
    static SchedulerMessage partners(String group, List<Link> chosen, Link child, long nowMillis) {
        Partners.Builder list = Partners.newBuilder().setKey(group);
        for (Link partner : chosen) {
            Parent.Builder place = place(partner);
            if (!group.equals(PartnerBook.CLUSTER)) {
                place.setCapability(capability(partner, child, new ContentKey(group), nowMillis, PARTNER_MILLIS));
            }
            list.addNodes(place);
        }
        return SchedulerMessage.newBuilder().setPartners(list).build();
    }

    private static ByteString capability(
            Link parent, Link child, ContentKey content, long nowMillis, long validMillis) {
        // The same for a minute, so that the parent need not prove it anew for each request.
        long expiryMillis = nowMillis / STEP_MILLIS * STEP_MILLIS + validMillis;
        return ByteString.copyFrom(Capability.issue(parent.parentKey(), content, child.id(), expiryMillis));
    }

    private static Parent.Builder place(Link parent) {
        return Parent.newBuilder()
                .setNode(parent.id().value())
                .setHost(parent.peerHost())
                .setPort(parent.peerPort());
    }
}
