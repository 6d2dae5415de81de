package io.darter.appliance.scheduling;

import io.darter.swarm.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * With whom nodes go on when the scheduler is silent: for each content some of those who take part in it, and of the whole
 * cluster some nodes whoever they are. All seeds count first; the others stand in a ring, and each knows those at distance
 * 1, 2, 4 and so on, so that whatever one of them holds is few steps away from everybody. Not thread-safe.
 */
final class PartnerBook {
    /** The name of the group of all nodes. */
    static final String CLUSTER = "";

    static final int PARTNERS_MAX = 12;
    static final int NEIGHBOURS_MAX = 48;
    private static final int SEEDS_MAX = 4;
    /** Lists that are made at once: each costs a dozen capabilities, and leases go first. */
    private static final int LISTS_AT_ONCE = 64;

    private final Map<String, Map<NodeId, Member>> groups = new HashMap<>();
    private final SequencedSet<Due> due = new LinkedHashSet<>();

    private record Member(boolean seed, boolean wanting) {}

    /** Somebody's list is to be sent. */
    record Due(String group, NodeId node) {}

    /** @param wanting it needs a list itself */
    void joined(String group, NodeId node, boolean seed, boolean wanting) {
        Map<NodeId, Member> members = groups.computeIfAbsent(group, name -> new LinkedHashMap<>());
        boolean known = members.put(node, new Member(seed, wanting)) != null;
        if (known) {
            return;
        }
        // Everybody's list is made anew while it has room, and then each time the group has doubled.
        if (members.size() <= max(group) + 1 || Integer.bitCount(members.size()) == 1) {
            members.forEach((each, member) -> add(group, each, member));
        } else {
            add(group, node, new Member(seed, wanting));
        }
    }

    private void add(String group, NodeId node, Member member) {
        if (member.wanting()) {
            due.add(new Due(group, node));
        }
    }

    void left(String group, NodeId node) {
        Map<NodeId, Member> members = groups.get(group);
        if (members != null && members.remove(node) != null && members.isEmpty()) {
            groups.remove(group);
        }
    }

    void gone(NodeId node) {
        groups.values().forEach(members -> members.remove(node));
        groups.values().removeIf(Map::isEmpty);
        due.removeIf(waiting -> waiting.node().equals(node));
    }

    void forget(String group) {
        groups.remove(group);
        due.removeIf(waiting -> waiting.group().equals(group));
    }

    /** Whose lists are to be sent now; the rest waits for the next time. */
    List<Due> next() {
        List<Due> now = new ArrayList<>();
        while (now.size() < LISTS_AT_ONCE && !due.isEmpty()) {
            now.add(due.removeFirst());
        }
        return now;
    }

    /** At most {@link #PARTNERS_MAX}, of the cluster {@link #NEIGHBOURS_MAX}. */
    List<NodeId> partners(Due of) {
        Map<NodeId, Member> members = groups.getOrDefault(of.group(), Map.of());
        List<NodeId> ring = new ArrayList<>(members.keySet());
        int most = Math.min(max(of.group()), ring.size() - 1);
        SequencedSet<NodeId> chosen = new LinkedHashSet<>();
        for (NodeId node : ring) {
            if (chosen.size() < Math.min(SEEDS_MAX, most) && isSeed(members.get(node)) && !node.equals(of.node())) {
                chosen.add(node);
            }
        }
        int at = ring.indexOf(of.node());
        for (int step = 1; step < ring.size() && chosen.size() < most; step *= 2) {
            choose(ring.get((at + step) % ring.size()), of, chosen);
        }
        for (int step = 1; step < ring.size() && chosen.size() < most; step++) {
            choose(ring.get((at + step) % ring.size()), of, chosen);
        }
        return List.copyOf(chosen);
    }

    private static void choose(NodeId node, Due of, SequencedSet<NodeId> chosen) {
        if (!node.equals(of.node())) {
            chosen.add(node);
        }
    }

    private static boolean isSeed(@Nullable Member member) {
        return member != null && member.seed();
    }

    private static int max(String group) {
        return group.equals(CLUSTER) ? NEIGHBOURS_MAX : PARTNERS_MAX;
    }
}
