package io.darter.agent.schedulerlink;

import java.util.function.LongSupplier;

/** The appliance's wall clock, as it was told at Welcome and has run on since; this machine's own does not matter. */
final class ApplianceClock {
    private final LongSupplier nanoTime;
    private volatile Told told;

    private record Told(long millis, long atNanos) {}

    ApplianceClock(LongSupplier nanoTime, long millis) {
        this.nanoTime = nanoTime;
        this.told = new Told(millis, nanoTime.getAsLong());
    }

    /** The appliance says what time it is. */
    void told(long millis) {
        told = new Told(millis, nanoTime.getAsLong());
    }

    long nowMillis() {
        Told last = told;
        return last.millis() + (nanoTime.getAsLong() - last.atNanos()) / 1_000_000;
    }

    /** The moment on the nanosecond clock; a time that is absent (0) never comes. */
    long toNanos(long millis) {
        if (millis == 0) {
            return Long.MAX_VALUE;
        }
        Told last = told;
        return last.atNanos() + (millis - last.millis()) * 1_000_000;
    }
}
