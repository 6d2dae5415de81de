package io.darter.agent.task;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A bounded queue with one taker. Whoever posts to a full one waits; once closed, messages are dropped. */
final class Mailbox<T> {
    private final LongSupplier nanoTime;
    private final int messagesMax;
    private final ArrayDeque<T> messages = new ArrayDeque<>();
    private boolean closed;

    Mailbox(int messagesMax, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.messagesMax = messagesMax;
    }

    synchronized void post(T message) throws InterruptedException {
        while (messages.size() >= messagesMax && !closed) {
            wait();
        }
        if (!closed) {
            messages.add(message);
            notifyAll();
        }
    }

    /** Posts if there is room; for what is not worth waiting for. */
    synchronized void offer(T message) {
        if (messages.size() < messagesMax && !closed) {
            messages.add(message);
            notifyAll();
        }
    }

    /** The next message, or null when none comes for so long. */
    synchronized @Nullable T poll(long waitMillis) throws InterruptedException {
        long deadline = nanoTime.getAsLong() + waitMillis * 1_000_000;
        while (messages.isEmpty() && !closed) {
            long leftMillis = (deadline - nanoTime.getAsLong()) / 1_000_000;
            if (leftMillis <= 0) {
                return null;
            }
            wait(leftMillis);
        }
        T message = messages.poll();
        if (message != null) {
            notifyAll();
        }
        return message;
    }

    synchronized void close() {
        closed = true;
        messages.clear();
        notifyAll();
    }
}
