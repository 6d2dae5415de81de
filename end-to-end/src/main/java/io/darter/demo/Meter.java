package io.darter.demo;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** How far one node is. Written by the threads that receive, read by the one that shows progress. */
final class Meter {
    private final LongSupplier nanoTime;
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong expectedBytes = new AtomicLong();
    private final AtomicLong lastMoveNanos;

    Meter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastMoveNanos = new AtomicLong(nanoTime.getAsLong());
    }

    void expect(long bytes) {
        expectedBytes.set(bytes);
    }

    void received(long bytes) {
        receivedBytes.addAndGet(bytes);
        lastMoveNanos.set(nanoTime.getAsLong());
    }

    long receivedBytes() {
        return receivedBytes.get();
    }

    /** 0 while unknown. */
    long expectedBytes() {
        return expectedBytes.get();
    }

    long stillForNanos() {
        return nanoTime.getAsLong() - lastMoveNanos.get();
    }
}
