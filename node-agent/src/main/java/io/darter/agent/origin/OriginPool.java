package io.darter.agent.origin;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Connections that wait for their next request, at most 8 for a place and 64 in all, and every one that is open. Any thread. */
final class OriginPool {
    static final int IDLE_PLACE_MAX = 8;
    static final int IDLE_MAX = 64;

    private final Map<OriginPlace, Deque<OriginConnection>> idle = new HashMap<>();
    private final Set<Channel> open = new HashSet<>();
    private int idleCount;
    private boolean closed;

    /** The one that was used last, which is the least likely to have been closed. */
    synchronized Optional<OriginConnection> take(OriginPlace place) {
        Deque<OriginConnection> waiting = idle.get(place);
        while (waiting != null && !waiting.isEmpty()) {
            OriginConnection last = waiting.getLast();
            remove(last);
            if (last.isOpen()) {
                return Optional.of(last);
            }
        }
        return Optional.empty();
    }

    /** False if there are enough; it is to be closed then. */
    synchronized boolean keep(OriginConnection connection) {
        Deque<OriginConnection> waiting = idle.computeIfAbsent(connection.place(), _ -> new ArrayDeque<>());
        if (closed || waiting.size() >= IDLE_PLACE_MAX || idleCount >= IDLE_MAX) {
            if (waiting.isEmpty()) {
                idle.remove(connection.place());
            }
            return false;
        }
        waiting.addLast(connection);
        idleCount++;
        return true;
    }

    synchronized void forget(OriginConnection connection) {
        remove(connection);
    }

    private void remove(OriginConnection connection) {
        Deque<OriginConnection> waiting = idle.get(connection.place());
        if (waiting == null || !waiting.remove(connection)) {
            return;
        }
        idleCount--;
        if (waiting.isEmpty()) {
            idle.remove(connection.place());
        }
    }

    /** A channel is there until it is closed, which it is at once if all is over. */
    void opened(Channel channel) {
        boolean late;
        synchronized (this) {
            late = closed;
            open.add(channel);
        }
        channel.closeFuture().addListener(_ -> {
            synchronized (this) {
                open.remove(channel);
            }
        });
        if (late) {
            channel.close();
        }
    }

    synchronized int idle() {
        return idleCount;
    }

    synchronized int open() {
        return open.size();
    }

    /** Ends all connections and whatever waits on them. */
    void close() {
        List<Channel> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open);
        }
        all.forEach(Channel::close);
    }
}
