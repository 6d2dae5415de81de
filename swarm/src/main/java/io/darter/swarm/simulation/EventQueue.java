package io.darter.swarm.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Events by (time, sequence of scheduling): a binary heap that knows where each of its elements is. Holds the clock. */
final class EventQueue {
    private @Nullable SimEvent[] heap = new SimEvent[1024];
    private int size;
    private long sequence;
    private long nowNanos;

    long nowNanos() {
        return nowNanos;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void at(long atNanos, SimEvent event) {
        if (event.position >= 0 && event.atNanos == atNanos) {
            return;
        }
        event.atNanos = Math.max(atNanos, nowNanos);
        event.sequence = sequence++;
        if (event.position < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            place(event, size++);
        }
        down(up(event.position));
    }

    void after(long delayNanos, Runnable action) {
        at(nowNanos + delayNanos, SimEvent.of(action));
    }

    void cancel(SimEvent event) {
        int hole = event.position;
        if (hole < 0) {
            return;
        }
        event.position = -1;
        SimEvent last = get(--size);
        heap[size] = null;
        if (hole < size) {
            place(last, hole);
            down(up(hole));
        }
    }

    /** Advances the clock to the next event and lets it happen. */
    void step() {
        SimEvent next = get(0);
        cancel(next);
        nowNanos = next.atNanos;
        next.happen();
    }

    private int up(int from) {
        int index = from;
        SimEvent event = get(index);
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            if (!event.isBefore(get(parent))) {
                break;
            }
            place(get(parent), index);
            index = parent;
        }
        place(event, index);
        return index;
    }

    private void down(int from) {
        int index = from;
        SimEvent event = get(index);
        while (2 * index + 1 < size) {
            int child = 2 * index + 1;
            if (child + 1 < size && get(child + 1).isBefore(get(child))) {
                child++;
            }
            if (!get(child).isBefore(event)) {
                break;
            }
            place(get(child), index);
            index = child;
        }
        place(event, index);
    }

    private SimEvent get(int index) {
        SimEvent event = heap[index];
        if (event == null) {
            throw new IllegalStateException("the event queue is empty");
        }
        return event;
    }

    private void place(SimEvent event, int index) {
        heap[index] = event;
        event.position = index;
    }
}
