package io.darter.agent.task;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue with one taker, which waits without a deadline: what happens by time is posted like everything else.
 * Whoever posts to a full one waits; once closed, messages are dropped.
 */
final class Mailbox<T> {
    private final int messagesMax;
    private final ArrayDeque<T> messages = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private int waitingToPost;
    private boolean takerWaits;
    private boolean closed;

    /** @param messagesMax of those who can wait; those who cannot may put as many again */
    Mailbox(int messagesMax) {
        this.messagesMax = messagesMax;
    }

    /** Waits for room. */
    void post(T message) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (messages.size() >= messagesMax && !closed) {
                waitingToPost++;
                try {
                    emptied.await();
                } finally {
                    waitingToPost--;
                }
            }
            add(message);
        } finally {
            lock.unlock();
        }
    }

    /** Posts without waiting; false if there are too many messages already. */
    boolean offer(T message) {
        lock.lock();
        try {
            if (messages.size() >= 2 * messagesMax) {
                return false;
            }
            add(message);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void add(T message) {
        if (!closed) {
            messages.add(message);
            if (takerWaits) {
                takerWaits = false;
                filled.signal();
            }
        }
    }

    /** The next message; null once closed. */
    @Nullable
    T take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (messages.isEmpty() && !closed) {
                takerWaits = true;
                filled.await();
            }
            return next();
        } finally {
            lock.unlock();
        }
    }

    /** The next message if there is one already. */
    @Nullable
    T poll() {
        lock.lock();
        try {
            return next();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable T next() {
        T message = messages.poll();
        if (waitingToPost > 0) {
            emptied.signal();
        }
        return message;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            messages.clear();
            filled.signalAll();
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
