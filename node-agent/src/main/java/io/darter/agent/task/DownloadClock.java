package io.darter.agent.task;

import java.util.Collection;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * One clock for all downloads, as long as there are any: ten times a second for those that wait for time to pass, twice a
 * second for the others, which hear of what is on its way by itself. Waking costs a busy machine more than what is done
 * then. Safe for use by many threads.
 */
final class DownloadClock {
    private static final long TICK_MILLIS = 100;
    private static final long BUSY_TICK_MILLIS = 500;
    /** The clock has stopped if it does not tick for so long. */
    private static final long STILL_NANOS = 3_000_000_000L;

    private final Collection<Download> running;
    private final LongSupplier nanoTime;
    private final AtomicBoolean ticking = new AtomicBoolean();
    private final Semaphore hurried = new Semaphore(0);
    private volatile long tickedNanos;

    /** @param running those that run at any moment; may change while it is looked at */
    DownloadClock(Collection<Download> running, LongSupplier nanoTime) {
        this.running = running;
        this.nanoTime = nanoTime;
    }

    /** A download has begun. */
    void keepTicking() {
        hurry();
        if (ticking.compareAndSet(false, true)) {
            tickedNanos = nanoTime.getAsLong();
            Thread.ofVirtual().name("tick").start(() -> {
                try {
                    tickWhileAnyRuns();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    ticking.set(false);
                }
                if (!running.isEmpty()) {
                    keepTicking(); // one that began in between
                }
            });
        }
    }

    /** A download waits for time to pass from now on. */
    void hurry() {
        if (hurried.availablePermits() == 0) {
            hurried.release();
        }
    }

    private void tickWhileAnyRuns() throws InterruptedException {
        long sinceAllMillis = 0;
        while (!running.isEmpty()) {
            hurried.drainPermits();
            boolean hurry = running.stream().anyMatch(Download::restless)
                    || hurried.tryAcquire(BUSY_TICK_MILLIS - sinceAllMillis, TimeUnit.MILLISECONDS);
            if (hurry) {
                TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
            }
            sinceAllMillis = hurry ? sinceAllMillis + TICK_MILLIS : BUSY_TICK_MILLIS;
            boolean all = sinceAllMillis >= BUSY_TICK_MILLIS;
            if (all) {
                sinceAllMillis = 0;
            }
            tickedNanos = nanoTime.getAsLong();
            for (Download download : running) {
                if (all || download.restless()) {
                    download.offer(new DownloadMessage.Tick());
                }
            }
        }
    }

    /** Whether it goes on, where it should. */
    boolean ticks() {
        return running.isEmpty() || nanoTime.getAsLong() - tickedNanos < STILL_NANOS;
    }
}
