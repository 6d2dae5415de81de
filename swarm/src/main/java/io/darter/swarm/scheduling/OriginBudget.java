package io.darter.swarm.scheduling;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections to origins that several contents share: those of one task, or of one registry. Contents that have none and
 * find none free wait, and get theirs in turn. One thread.
 */
final class OriginBudget {
    /** As much as a connection needs to find out how fast it may be; the configuration of an image is less. */
    private static final long BEGINNING_BYTES = 128 << 10;
    /** Those who wait are looked at a few at a time; a tick looks at all. */
    private static final int WOKEN_MAX = 16;
    /** Connections that their nodes keep open for a moment. */
    private static final int WARM_MAX = 4;

    /** Contents that share it. */
    int contents;

    private final int connectionsMax;
    private final boolean beginsWithOne;
    private final Set<ContentState> waiting = new LinkedHashSet<>();
    private final List<NodeState> warm = new ArrayList<>();
    private int connections;
    /** From the origin, of all contents. */
    private long bytesDelivered;

    /** @param beginsWithOne there is only one connection until it has delivered a little: together all would deliver late */
    OriginBudget(int connectionsMax, boolean beginsWithOne) {
        this.connectionsMax = connectionsMax;
        this.beginsWithOne = beginsWithOne;
    }

    boolean hasRoom() {
        return connections < (beginsWithOne && bytesDelivered < BEGINNING_BYTES ? 1 : connectionsMax);
    }

    /** False if nobody who waits has more room for it. */
    boolean delivered(long bytes) {
        boolean before = hasRoom();
        bytesDelivered += bytes;
        return hasRoom() && !before;
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
        warm.add(fetcher);
        if (warm.size() > WARM_MAX) {
            warm.removeFirst();
        }
    }

    /** More than 0: it has had a connection a moment ago, and better that one again than one more; the last one first. */
    int warmth(NodeState node) {
        return warm.indexOf(node) + 1;
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
