package io.darter.swarm.scheduling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections to origins that several contents share: those of one task, or of one registry. Contents that have none and
 * find none free wait, and get theirs in turn. One thread.
 */
final class OriginBudget {
    /** Those who wait are looked at a few at a time; a tick looks at all. */
    private static final int WOKEN_MAX = 16;
    /** Connections that their nodes keep open for a moment. */
    private static final int WARM_MAX = 4;

    /** Contents that share it. */
    int contents;
    /** Pieces that came from the origin, of all its contents. */
    long piecesDelivered;

    private final int connectionsMax;
    private final boolean beginsWithOne;
    private final Set<ContentState> waiting = new LinkedHashSet<>();
    private final Deque<NodeState> warm = new ArrayDeque<>();
    private int connections;

    /** @param beginsWithOne there is only one connection until it has delivered something: together all would deliver late */
    OriginBudget(int connectionsMax, boolean beginsWithOne) {
        this.connectionsMax = connectionsMax;
        this.beginsWithOne = beginsWithOne;
    }

    boolean hasRoom() {
        return connections < (beginsWithOne && piecesDelivered == 0 ? 1 : connectionsMax);
    }

    void await(ContentState content) {
        waiting.add(content);
    }

    /** Somebody who has no connection waits for one: who has one hands it on when a lease is done. */
    boolean isAwaited() {
        return !waiting.isEmpty();
    }

    void connects(ContentState content, NodeState fetcher) {
        connections++;
        waiting.remove(content);
        warm.remove(fetcher);
    }

    void disconnects(NodeState fetcher) {
        connections--;
        warm.remove(fetcher);
        warm.addLast(fetcher);
        if (warm.size() > WARM_MAX) {
            warm.removeFirst();
        }
    }

    /** It has had a connection a moment ago: better that one again than one more. */
    boolean isWarm(NodeState node) {
        return warm.contains(node);
    }

    /** Whose turn it is. They wait again if they still find no room. */
    List<ContentState> takeWaiting() {
        List<ContentState> next = waiting.stream().limit(WOKEN_MAX).toList();
        next.forEach(waiting::remove);
        return next;
    }

    void forget(ContentState content) {
        waiting.remove(content);
        contents--;
    }
}
