package io.darter.agent.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bytes per second that all takers share, first come, first served; a burst of at most 50 ms. Whoever takes is held on
 * its own (virtual) thread until its bytes are due. Safe for use by many threads.
 */
public final class RateLimit {
    private static final long BURST_NANOS = 50_000_000;

    private volatile long bytesPerSecond;
    private final LongSupplier nanoTime;
    private long dueNanos;
    private boolean used;

    /** @param bytesPerSecond 0 = unlimited */
    public RateLimit(long bytesPerSecond, LongSupplier nanoTime) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
    }

    /** No limit. */
    public static RateLimit unlimited() {
        return new RateLimit(0, () -> 0);
    }

    /** From now on; who waits already waits as long as it was told. */
    public void set(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    public boolean limited() {
        return bytesPerSecond > 0;
    }

    /** The most bytes to take at once: 5 ms of the whole rate, so that each of many takers gets some every second. */
    public int chunkBytes(int wanted) {
        long rate = bytesPerSecond;
        return rate > 0 ? Math.clamp(rate / 200, Math.min(2048, wanted), wanted) : wanted;
    }

    /** Waits until these bytes may pass. */
    public void acquire(int bytes) throws InterruptedException {
        if (!limited() || bytes <= 0) {
            return;
        }
        long waitNanos = reserve(bytes);
        if (waitNanos > 0) {
            TimeUnit.NANOSECONDS.sleep(waitNanos);
        }
    }

    private synchronized long reserve(int bytes) {
        long rate = bytesPerSecond;
        if (rate <= 0) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        if (!used || dueNanos - now < -BURST_NANOS) {
            dueNanos = now - BURST_NANOS;
            used = true;
        }
        dueNanos += bytes * 1_000_000_000L / rate;
        return dueNanos - now;
    }
}
