package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.store.StoredContent;
import org.jspecify.annotations.Nullable;

/** How far a content is, for those who wait for its bytes. Safe for use by many threads. */
final class Progress {
    private @Nullable StoredContent content;
    private boolean proved;
    private @Nullable DarterException failure;

    /** The whole is in the store and proved. */
    static Progress finished(StoredContent content) {
        Progress progress = new Progress();
        progress.content = content;
        progress.proved = true;
        return progress;
    }

    synchronized void opened(StoredContent opened) {
        content = opened;
        notifyAll();
    }

    /** Another piece is verified. */
    synchronized void moved() {
        notifyAll();
    }

    synchronized void proved() {
        proved = true;
        notifyAll();
    }

    synchronized void failed(DarterException cause) {
        failure = cause;
        notifyAll();
    }

    synchronized boolean isProved() {
        return proved;
    }

    synchronized @Nullable StoredContent content() {
        return content;
    }

    synchronized StoredContent awaitContent() throws DarterException, InterruptedException {
        while (content == null) {
            check();
            wait();
        }
        return content;
    }

    /** True if the piece can be had without waiting. */
    synchronized boolean has(int piece, boolean onlyProved) {
        return proved || (!onlyProved && content != null && content.has(piece));
    }

    /** @param onlyProved wait until the whole is proved */
    synchronized void awaitPiece(int piece, boolean onlyProved) throws DarterException, InterruptedException {
        while (!has(piece, onlyProved)) {
            check();
            wait();
        }
    }

    synchronized void awaitProved() throws DarterException, InterruptedException {
        while (!proved) {
            check();
            wait();
        }
    }

    /** Throws what the content failed with, if it did. */
    synchronized void check() throws DarterException {
        if (failure != null) {
            throw new DarterException(
                    failure.code(),
                    failure.tried(),
                    failure.happened(),
                    failure.advice(),
                    failure.originStatus(),
                    failure);
        }
    }
}
