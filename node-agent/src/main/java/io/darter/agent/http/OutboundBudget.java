package io.darter.agent.http;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much of one connection's answers may wait in memory for the client. Writers block beyond it, so that a slow client
 * costs a bounded amount whatever it asked for.
 */
final class OutboundBudget {
    private static final long PENDING_BYTES_MAX = 512 << 10;

    private final long stallNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long pendingBytes;
    private long releases;
    private boolean closed;

    OutboundBudget(long stallNanos) {
        this.stallNanos = stallNanos;
    }

    /** Waits for room; a single chunk larger than the budget passes alone. */
    void acquire(long bytes) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitRoom(bytes);
            pendingBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the client has all of it. */
    void awaitEmpty() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitRoom(PENDING_BYTES_MAX);
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(long bytes) throws IOException, InterruptedException {
        long left = stallNanos;
        while (!closed && pendingBytes > 0 && pendingBytes + bytes > PENDING_BYTES_MAX) {
            long before = releases;
            left = changed.awaitNanos(left);
            if (releases != before) {
                left = stallNanos;
            } else if (left <= 0) {
                throw new IOException("the client took nothing for " + TimeUnit.NANOSECONDS.toMillis(stallNanos)
                        + " ms while " + pendingBytes + " bytes were waiting for it");
            }
        }
        if (closed) {
            throw new IOException("the client is gone");
        }
    }

    void release(long bytes) {
        lock.lock();
        try {
            pendingBytes -= bytes;
            releases++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
