package io.darter.agent.health;

import java.util.function.LongSupplier;

/**
 * How much longer than usual to wait for others, because this machine itself is late with what it has to do. Where
 * processors are short, whoever gives up after the usual time gives up work that is nearly done, and begins it again: then
 * there is even more to do. What is late is told by whoever had something due; it counts for less and less.
 * Safe for use by many threads.
 */
public final class Patience {
    /** An answer takes several steps, each of which is late. */
    private static final int STEPS = 4;

    private static final long EXTRA_NANOS_MAX = 10_000_000_000L;
    private static final long HALVED_AFTER_NANOS = 2_000_000_000;

    private final LongSupplier nanoTime;
    private final long extraNanosMax;
    private long lateNanos;
    private long noticedNanos;

    public Patience(LongSupplier nanoTime) {
        this(nanoTime, EXTRA_NANOS_MAX);
    }

    private Patience(LongSupplier nanoTime, long extraNanosMax) {
        this.nanoTime = nanoTime;
        this.extraNanosMax = extraNanosMax;
    }

    /** Waits as long as usual, however late this machine is. */
    public static Patience none(LongSupplier nanoTime) {
        return new Patience(nanoTime, 0);
    }

    /** The clock that all of this goes by. */
    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Something is done now that was to be done at that time. */
    public synchronized void wasDue(long dueNanos) {
        long now = nanoTime.getAsLong();
        // A machine that slept for an hour is not an hour late ever after.
        lateNanos = Math.min(extraNanosMax / STEPS, Math.max(now - dueNanos, late(now)));
        noticedNanos = now;
    }

    /** What is to be added to a time-out; 0 to 10 s. */
    public synchronized long extraNanos() {
        return STEPS * late(nanoTime.getAsLong());
    }

    private long late(long nowNanos) {
        long halvings = Math.min(62, (nowNanos - noticedNanos) / HALVED_AFTER_NANOS);
        return lateNanos >> halvings;
    }
}
