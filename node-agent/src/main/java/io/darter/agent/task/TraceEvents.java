package io.darter.agent.task;

import io.darter.agent.task.ContentTrace.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The beginning and the end of a time line; what is between, beyond 256 events, is only counted. Not thread-safe. */
final class TraceEvents {
    private static final int FIRST_MAX = 192;
    private static final int LAST_MAX = 64;

    private final List<Event> first = new ArrayList<>(4);
    private final Deque<Event> last = new ArrayDeque<>(1);
    private int leftOut;

    void add(Event event) {
        if (first.size() < FIRST_MAX) {
            first.add(event);
            return;
        }
        if (last.size() == LAST_MAX) {
            last.removeFirst();
            leftOut++;
        }
        last.addLast(event);
    }

    List<Event> all() {
        List<Event> all = new ArrayList<>(first);
        all.addAll(last);
        return List.copyOf(all);
    }

    int size() {
        return first.size() + last.size();
    }

    int leftOut() {
        return leftOut;
    }
}
