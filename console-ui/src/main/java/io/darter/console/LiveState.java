package io.darter.console;

import io.darter.operator.OperatorApi;
import io.darter.operator.OperatorException;
import io.darter.operator.Problem;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all open pages show, fetched by one poller for all of them. The only class of the console that calls
 * {@link OperatorApi} periodically. A topic is fetched while somebody watches it, once for each login that does, with
 * the rights of that login: nobody sees what another one may see. Without watchers there is no thread.
 *
 * <p>Safe for many threads. Listeners run on the poller's virtual thread, or on the caller's for the value known
 * already; they must hand over and return.
 */
public final class LiveState implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LiveState.class);

    private final OperatorApi api;
    private final Duration period;
    private final InstantSource clock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Watched, Feed<?>> feeds = new LinkedHashMap<>();
    private @Nullable Thread poller;
    private boolean fresh;
    private boolean closed;

    /** @param period between two fetches; zero: never by itself, only by {@link #poll} */
    public LiveState(OperatorApi api, Duration period, InstantSource clock) {
        this.api = api;
        this.period = period;
        this.clock = clock;
    }

    private record Watched(Topic<?> topic, OperatorApi asWatcher) {}

    /** What is known to the caller's login is delivered at once; the returned action ends the watch. */
    <T> Runnable watch(Topic<T> topic, Consumer<Live<T>> listener) {
        Feed<T> feed;
        OperatorApi asWatcher = api.asCaller();
        lock.lock();
        try {
            feed = feedOf(topic, asWatcher);
            feed.listeners.add(listener);
            fresh |= feed.last == null;
            startPoller();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Live<T> known = feed.last;
        if (known != null) {
            listener.accept(known);
        }
        return () -> unwatch(feed, listener);
    }

    /** Fetches everything that is watched, on the caller's thread. */
    void poll() {
        snapshot(false).forEach(feed -> feed.fetch(clock));
    }

    /** Lets the poller look now instead of at its next turn. */
    void hurry() {
        lock.lock();
        try {
            feeds.values().forEach(feed -> feed.due = true);
            fresh = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the poller runs. */
    boolean polling() {
        lock.lock();
        try {
            return poller != null;
        } finally {
            lock.unlock();
        }
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            feeds.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The type of a feed follows from the type of its topic, its key in the map. */
    @SuppressWarnings("unchecked")
    private <T> Feed<T> feedOf(Topic<T> topic, OperatorApi asWatcher) {
        Watched watched = new Watched(topic, asWatcher);
        return (Feed<T>) feeds.computeIfAbsent(watched, _ -> new Feed<>(topic, asWatcher));
    }

    private <T> void unwatch(Feed<T> feed, Consumer<Live<T>> listener) {
        lock.lock();
        try {
            feed.listeners.remove(listener);
            Watched watched = new Watched(feed.topic, feed.api);
            if (feed.listeners.isEmpty() && feeds.get(watched) == feed) {
                feeds.remove(watched);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void startPoller() {
        if (poller == null && !closed && period.isPositive()) {
            poller = Thread.ofVirtual().name("live-state").start(this::run);
        }
    }

    private void run() {
        boolean onlyFresh = false;
        while (true) {
            snapshot(onlyFresh).forEach(feed -> feed.fetch(clock));
            Boolean next = pause();
            if (next == null) {
                return;
            }
            onlyFresh = next;
        }
    }

    /** @return whether only topics without a value are due; null if nobody watches any more */
    private @Nullable Boolean pause() {
        lock.lock();
        try {
            long nanos = period.toNanos();
            while (nanos > 0 && !fresh && !feeds.isEmpty()) {
                nanos = changed.awaitNanos(nanos);
            }
            if (feeds.isEmpty()) {
                poller = null;
                return null;
            }
            boolean onlyFresh = fresh;
            fresh = false;
            return onlyFresh;
        } catch (InterruptedException e) {
            poller = null;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private List<Feed<?>> snapshot(boolean onlyFresh) {
        lock.lock();
        try {
            return feeds.values().stream()
                    .filter(feed -> !onlyFresh || feed.due || feed.last == null)
                    .<Feed<?>>map(feed -> feed)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static final class Feed<T> {
        private final Topic<T> topic;
        private final OperatorApi api;
        private final List<Consumer<Live<T>>> listeners = new CopyOnWriteArrayList<>();
        private volatile @Nullable Live<T> last;
        private volatile boolean due;

        Feed(Topic<T> topic, OperatorApi api) {
            this.topic = topic;
            this.api = api;
        }

        void fetch(InstantSource clock) {
            due = false;
            Live<T> now = tryFetch(clock);
            last = now;
            listeners.forEach(listener -> listener.accept(now));
        }

        private Live<T> tryFetch(InstantSource clock) {
            Live<T> before = last;
            Live<T> old = before == null ? new Live<>(null, null, null) : before;
            try {
                return Live.of(topic.fetch(api), clock.instant());
            } catch (OperatorException e) {
                return old.failed(e.problem());
            } catch (RuntimeException e) {
                log.atWarn().addKeyValue("topic", topic).setCause(e).log("the state could not be read");
                return old.failed(new Problem(UNEXPECTED, "", "", "", 500));
            }
        }
    }

    /** A problem without words of its own: the console's words are shown for it. */
    static final String UNEXPECTED = "INTERNAL";
}
