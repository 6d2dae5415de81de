package io.darter.appliance.node;

import io.darter.link.v1.Heartbeat;
import io.darter.link.v1.Hello;
import io.darter.operator.NodeDetail;
import io.darter.operator.NodeView;
import io.darter.swarm.scheduling.NodeDuty;
import io.darter.swarm.scheduling.NodeTraits;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What changes of a node, in memory. Thread-safe. */
final class NodeState {
    private final NodeRecord node;
    private @Nullable Object link;
    private boolean dirty;
    private String address;
    private String zone;
    private String rack;
    private String version;
    private long lastSeenMillis;
    private long storeBytes;
    private Counters total;
    private Counters reported;
    private NodeWish wish;
    /** Of its last two heartbeats since it drains; -1 = none yet. */
    private long servedBefore = -1;

    private boolean quiet;

    NodeState(
            NodeRecord node,
            String address,
            String zone,
            String rack,
            String version,
            long lastSeenMillis,
            long storeBytes,
            Counters total,
            Counters reported,
            NodeWish wish) {
        this.node = node;
        this.address = address;
        this.zone = zone;
        this.rack = rack;
        this.version = version;
        this.lastSeenMillis = lastSeenMillis;
        this.storeBytes = storeBytes;
        this.total = total;
        this.reported = reported;
        this.wish = wish;
    }

    synchronized NodeWish wish() {
        return wish;
    }

    /** True if it is another one than before. */
    synchronized boolean take(NodeWish other) {
        if (wish.equals(other)) {
            return false;
        }
        if (wish.duty() != other.duty()) {
            servedBefore = -1;
            quiet = false;
        }
        wish = other;
        return true;
    }

    /** What the scheduler is told of it, with what the agent says where operators said nothing. */
    synchronized NodeTraits traits(String agentZone, String agentRack) {
        return new NodeTraits(
                node.isSeed(),
                wish.zone().isEmpty() ? agentZone : wish.zone(),
                wish.rack().isEmpty() ? agentRack : wish.rack(),
                wish.duty());
    }

    /** Drained is who drains and is away, or has served nothing between two heartbeats. */
    private String duty() {
        boolean drained = wish.duty() == NodeDuty.DRAINING && (link == null || quiet);
        return drained ? "drained" : NodeWish.word(wish.duty());
    }

    NodeRecord node() {
        return node;
    }

    synchronized void attached(Object newLink, Hello hello, String peerHost, long nowMillis) {
        link = newLink;
        dirty = true;
        address = peerHost.contains(":")
                ? "[" + peerHost + "]:" + hello.getPeerPort()
                : peerHost + ":" + hello.getPeerPort();
        zone = cut(hello.getZone(), 190);
        rack = cut(hello.getRack(), 190);
        version = cut(hello.getVersion(), 64);
        lastSeenMillis = nowMillis;
    }

    /** Only the end of the newest link counts. */
    synchronized void detached(Object oldLink, long nowMillis) {
        if (!oldLink.equals(link)) {
            return;
        }
        link = null;
        dirty = true;
        lastSeenMillis = nowMillis;
    }

    synchronized void beat(Heartbeat beat, long nowMillis) {
        Counters now = Counters.of(beat);
        total = total.plus(now.since(reported));
        reported = now;
        if (wish.duty() == NodeDuty.DRAINING) {
            quiet = servedBefore == beat.getServedBytes();
            servedBefore = beat.getServedBytes();
        }
        storeBytes = beat.getStoreBytes();
        lastSeenMillis = nowMillis;
        dirty = true;
    }

    synchronized boolean isOnline() {
        return link != null;
    }

    synchronized Counters total() {
        return total;
    }

    synchronized NodeView view(String clusterName) {
        String state = link != null ? "online" : lastSeenMillis == 0 ? "joining" : "offline";
        String reason = switch (state) {
            case "online" -> "";
            case "joining" -> "It has joined but has not connected to the agent port yet";
            default -> "Its link ended; the agent is stopped or cannot reach the agent port";
        };
        return new NodeView(
                node.id(),
                node.name(),
                clusterName,
                node.role(),
                state,
                reason,
                address,
                wish.zone().isEmpty() ? zone : wish.zone(),
                wish.rack().isEmpty() ? rack : wish.rack(),
                version,
                lastSeenMillis == 0 ? null : Instant.ofEpochMilli(lastSeenMillis),
                storeBytes,
                total.originBytes(),
                total.peerBytes(),
                total.servedBytes(),
                total.deliveredBytes(),
                duty(),
                wish.labels());
    }

    /** With what the agent itself says. */
    synchronized NodeDetail detail(String clusterName) {
        return new NodeDetail(
                view(clusterName), Instant.ofEpochMilli(node.joinedAtMillis()), zone, rack, wish.zone(), wish.rack());
    }

    /** The row's values if they changed since the last call, in the order of {@link NodeDirectory}'s update. */
    synchronized Object @Nullable [] takeChanges() {
        if (!dirty) {
            return null;
        }
        dirty = false;
        return new Object[] {
            address,
            zone,
            rack,
            version,
            lastSeenMillis,
            storeBytes,
            total.originBytes(),
            total.peerBytes(),
            total.servedBytes(),
            total.deliveredBytes(),
            reported.text(),
            node.id()
        };
    }

    synchronized void markChanged() {
        dirty = true;
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
