package io.darter.desktop.live;

import io.darter.operator.OperatorApi;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a snapshot every second on one virtual thread. After failures it waits longer each time, up to half a minute,
 * with jitter so that many desktops do not return at the same moment; {@link #retryNow} ends the wait. The listener is
 * called on that thread.
 */
public final class Refresher implements AutoCloseable {
    private static final System.Logger log = System.getLogger(Refresher.class.getName());
    static final Duration PERIOD = Duration.ofSeconds(1);
    static final Duration WAIT_MAX = Duration.ofSeconds(30);

    /** Hears how it goes. */
    public interface Listener {
        void fetched(Snapshot snapshot);

        /** @param wait until the next attempt; zero while one is under way */
        void failed(RuntimeException cause, Duration wait);

        void trying();
    }

    private final OperatorApi api;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;
    private boolean hurry;
    private @Nullable Thread thread;

    public Refresher(OperatorApi api, InstantSource clock, RandomGenerator random, Listener listener) {
        this.api = api;
        this.clock = clock;
        this.random = random;
        this.listener = listener;
    }

    public void start() {
        thread = Thread.ofVirtual().name("refresher").start(this::run);
    }

    public void retryNow() {
        lock.lock();
        try {
            hurry = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        int failures = 0;
        Duration wait;
        do {
            try {
                if (failures > 0) {
                    listener.trying();
                }
                listener.fetched(Snapshot.fetch(api, clock.instant()));
                failures = 0;
                wait = PERIOD;
            } catch (RuntimeException e) {
                if (closed) {
                    return;
                }
                wait = backOff(failures++, random);
                log.log(System.Logger.Level.DEBUG, "no answer from the appliance, failures: " + failures, e);
                listener.failed(e, wait);
            }
        } while (pause(wait));
    }

    /** 1, 2, 4 … 30 seconds, each less up to a fifth. */
    static Duration backOff(int failuresBefore, RandomGenerator random) {
        long millis = Math.min(WAIT_MAX.toMillis(), PERIOD.toMillis() << Math.min(failuresBefore, 10));
        return Duration.ofMillis((long) (millis * (1 - random.nextDouble() / 5)));
    }

    private boolean pause(Duration wait) {
        lock.lock();
        try {
            long nanos = wait.toNanos();
            while (nanos > 0 && !hurry && !closed) {
                nanos = changed.awaitNanos(nanos);
            }
            hurry = false;
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }
}
