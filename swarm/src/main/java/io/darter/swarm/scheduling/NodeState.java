package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node whose link is up: what it serves at the moment, and how fast it has been seen to send and to receive. */
final class NodeState {
    /** A sample above the estimate counts for more than one below: the slower end of a transfer rules its speed. */
    private static final double RISE = 0.5;

    private static final double FALL = 0.5;
    /** Up to so many are looked through; with more there is a map. */
    private static final int FEW_MEMBERS = 8;

    final NodeId id;
    final boolean seed;
    String zone;
    String rack;
    NodeDuty duty;
    /** Unfinished leases on this node as a parent, over all contents. */
    int uploads;
    /** Unfinished origin leases of this node, over all contents. */
    int originLeases;
    /** Bytes per second; 0 = not known yet. */
    double sendRate;

    double receiveRate;
    /** A seed that did not answer an assist keeps nobody waiting again before this time. */
    long passedOverUntilNanos = Long.MIN_VALUE;
    /** In order of joining. */
    final List<Member> members = new ArrayList<>(1);
    /** For lookups only; most nodes are in few swarms and need none. */
    private @Nullable Map<ContentKey, Member> byContent;

    NodeState(NodeId id, NodeTraits traits) {
        this.id = id;
        this.seed = traits.seed();
        this.zone = traits.zone();
        this.rack = traits.rack();
        this.duty = traits.duty();
    }

    /** Whether it is a seed is decided when it joins. */
    void take(NodeTraits traits) {
        zone = traits.zone();
        rack = traits.rack();
        duty = traits.duty();
    }

    /** May be sent to an origin for others, and named as a source. */
    boolean worksForOthers() {
        return duty == NodeDuty.FULL;
    }

    @Nullable
    Member member(ContentKey content) {
        if (byContent != null) {
            return byContent.get(content);
        }
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).content.key.equals(content)) {
                return members.get(i);
            }
        }
        return null;
    }

    void add(Member member) {
        members.add(member);
        if (byContent != null) {
            byContent.put(member.content.key, member);
        } else if (members.size() > FEW_MEMBERS) {
            Map<ContentKey, Member> all = new HashMap<>();
            members.forEach(each -> all.put(each.content.key, each));
            byContent = all;
        }
    }

    void remove(Member member) {
        members.remove(member);
        if (byContent != null) {
            byContent.remove(member.content.key);
        }
    }

    /**
     * Learns from one transfer. A slow one says that one end is slow; it is held against an end only if the other
     * has been faster before.
     *
     * @param typical what is expected of a node of which nothing is known: a first transfer that is slow tells of the
     *     connection that was made for it, and who is taken for slow because of it is hardly asked again
     */
    static void learn(NodeState parent, double sending, NodeState child, double receiving, double typical) {
        double send = parent.sendRate == 0 ? Math.max(typical, sending) : parent.sendRate;
        double receive = child.receiveRate == 0 ? Math.max(typical, receiving) : child.receiveRate;
        parent.sendRate = next(send, sending, receive >= 2 * receiving);
        child.receiveRate = next(receive, receiving, send >= 2 * sending);
    }

    /** Learns from a transfer of which the other end is not known to us. */
    void learnReceiving(double bytesPerSecond) {
        receiveRate = next(receiveRate, bytesPerSecond, false);
    }

    private static double next(double known, double sample, boolean otherEndIsFaster) {
        if (known == 0) {
            return sample;
        }
        if (sample > known) {
            return known + RISE * (sample - known);
        }
        return otherEndIsFaster ? known + FALL * (sample - known) : known;
    }
}
