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

    /** Those who were under way already when the origin first had too much to do say the same a moment later. */
    private static final long SHRINK_AGAIN_NANOS = 2_000_000_000;
    /** One connection more after so long without a complaint. */
    private static final long GROW_NANOS = 5_000_000_000L;

    private static final long PAUSE_NANOS_MAX = 60_000_000_000L;

    /** Contents that share it. */
    int contents;

    private final int connectionsMax;
    private final boolean beginsWithOne;
    private final Set<ContentState> waiting = new LinkedHashSet<>();
    private final List<NodeState> warm = new ArrayList<>();
    private int connections;
    /** Fewer than there may be at most while the origin has too much to do. */
    private int allowed;

    private boolean closed;
    private long closedUntilNanos;
    private long shrunkNanos;
    private long changedNanos;
    /** From the origin, of all contents. */
    private long bytesDelivered;

    /** @param beginsWithOne there is only one connection until it has delivered a little: together all would deliver late */
    OriginBudget(int connectionsMax, boolean beginsWithOne) {
        this.connectionsMax = connectionsMax;
        this.allowed = connectionsMax;
        this.beginsWithOne = beginsWithOne;
    }

    boolean hasRoom() {
        return !closed && connections < (beginsWithOne && bytesDelivered < BEGINNING_BYTES ? 1 : allowed);
    }

    /**
     * The origin has too much to do (429, 503): half of the connections that it has now, and no new one before it wants to
     * be asked again. They grow again one by one, as a TCP window does (RFC 5681).
     */
    void busy(long pauseNanos, long nowNanos) {
        if (!isThrottled() || nowNanos - shrunkNanos >= SHRINK_AGAIN_NANOS) {
            allowed = Math.max(1, Math.min(allowed, connections) / 2);
            shrunkNanos = nowNanos;
        }
        changedNanos = nowNanos;
        long untilNanos = nowNanos + Math.clamp(pauseNanos, 0, PAUSE_NANOS_MAX);
        closedUntilNanos = closed ? Math.max(closedUntilNanos, untilNanos) : untilNanos;
        closed = true;
    }

    /** Time has passed since it was busy. True if there is room now and was none. */
    boolean recovers(long nowNanos) {
        boolean before = hasRoom();
        closed &= nowNanos < closedUntilNanos;
        if (nowNanos - changedNanos >= GROW_NANOS) {
            allowed = Math.min(connectionsMax, allowed + 1);
            changedNanos = nowNanos;
        }
        return hasRoom() && !before;
    }

    /** The origin has had too much to do a while ago. */
    boolean isThrottled() {
        return closed || allowed < connectionsMax;
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

    /** Who has a connection gives it up when a lease is done: somebody waits for it, or there are too many for the origin. */
    boolean isAwaited() {
        return !waiting.isEmpty() || connections > allowed;
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
