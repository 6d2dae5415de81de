package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.store.StoredContent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How far a content is, for those who wait for its bytes. Pieces arrive in any order, so each waits for its own piece and
 * sleeps through the others'. Safe for use by many threads.
 */
final class Progress {
    private static final int WHOLE = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Waiter> waiters = new ArrayList<>();
    private @Nullable StoredContent content;
    private boolean proved;
    private @Nullable DarterException failure;

    /** @param piece that is waited for; {@link #WHOLE}: for the content to be opened or proved */
    private record Waiter(int piece, Condition woken) {}

    /** The whole is in the store and proved. */
    static Progress finished(StoredContent content) {
        Progress progress = new Progress();
        progress.content = content;
        progress.proved = true;
        return progress;
    }

    void opened(StoredContent opened) {
        change(() -> content = opened);
    }

    void proved() {
        change(() -> proved = true);
    }

    void failed(DarterException cause) {
        change(() -> failure = cause);
    }

    /** Another piece is verified. */
    void arrived(int piece) {
        lock.lock();
        try {
            for (int i = 0; i < waiters.size(); i++) {
                if (waiters.get(i).piece == piece) {
                    waiters.get(i).woken.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            waiters.forEach(waiter -> waiter.woken.signal());
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    StoredContent content() {
        lock.lock();
        try {
            return content;
        } finally {
            lock.unlock();
        }
    }

    StoredContent awaitContent() throws DarterException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (content == null) {
                await(WHOLE);
            }
            return content;
        } finally {
            lock.unlock();
        }
    }

    /** True if the piece can be had without waiting. */
    boolean has(int piece, boolean onlyProved) {
        lock.lock();
        try {
            return proved || (!onlyProved && content != null && content.has(piece));
        } finally {
            lock.unlock();
        }
    }

    /** @param onlyProved wait until the whole is proved */
    void awaitPiece(int piece, boolean onlyProved) throws DarterException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!has(piece, onlyProved)) {
                await(onlyProved ? WHOLE : piece);
            }
        } finally {
            lock.unlock();
        }
    }

    void awaitProved() throws DarterException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!proved) {
                await(WHOLE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Until anything changed for those who wait for the piece; fails if the content failed. */
    @SuppressWarnings("WaitNotInLoop") // The loops are around the calls.
    private void await(int piece) throws DarterException, InterruptedException {
        check();
        Waiter waiter = new Waiter(piece, lock.newCondition());
        waiters.add(waiter);
        try {
            waiter.woken.await();
        } finally {
            waiters.remove(waiter);
        }
    }

    /** Throws what the content failed with, if it did. */
    void check() throws DarterException {
        lock.lock();
        try {
            if (failure != null) {
                throw new DarterException(
                        failure.code(),
                        failure.tried(),
                        failure.happened(),
                        failure.advice(),
                        failure.originStatus(),
                        failure);
            }
        } finally {
            lock.unlock();
        }
    }
}
