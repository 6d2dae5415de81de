package io.darter.swarm.simulation;

/**
 * A node's clock: off by some time, and a little too fast or slow. As in an agent, what the scheduler dates is translated
 * by the scheduler's time as it was told on the link.
 */
final class SimClock {
    private long offsetNanos;
    private double drift;
    /** Local time minus the scheduler's. */
    private long aheadNanos;

    void skew(long offsetNanos, double drift) {
        this.offsetNanos = offsetNanos;
        this.drift = drift;
    }

    long local(long trueNanos) {
        return trueNanos + offsetNanos + (long) (drift * trueNanos);
    }

    /** A message of the scheduler arrives that says what time it was there when it was sent. */
    void told(long schedulerNanos, long trueNanos) {
        aheadNanos = local(trueNanos) - schedulerNanos;
    }

    /** A time on the scheduler's clock, on this one. */
    long translate(long schedulerNanos) {
        return schedulerNanos + aheadNanos;
    }
}
