package io.darter.appliance.meta;

import io.darter.link.v1.MetaValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Single flight for what is not content: of all who ask for a name at a time, one is told to fetch and the others wait
 * for what it publishes. The fetcher has ten seconds, then the next waiter fetches; one that goes away hands over at
 * once. Only answers 200 are kept for later askers: at most {@link #ENTRIES_MAX} and {@link #BYTES_MAX}, the oldest go
 * first, none longer than {@link #FRESH_MILLIS_MAX}. Not thread-safe.
 *
 * @param <A> who asks; compared by equals
 */
public final class MetaDesk<A> {
    static final int ENTRIES_MAX = 4096;
    static final long BYTES_MAX = 64L << 20;
    static final long FRESH_MILLIS_MAX = 600_000;
    private static final long FETCH_MILLIS = 10_000;
    /** More than every node of the largest cluster asking at once. */
    private static final int WAITERS_MAX = 20_000;

    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private final Map<String, Flight<A>> flights = new HashMap<>();
    private long keptBytes;

    /** What to tell an asker: fetch it, or (with a value) here it is. */
    public record Reply<A>(
            A to, long request, boolean fetch, @Nullable MetaValue value) {}

    private record Kept(MetaValue value, long sinceMillis) {
        long bytes() {
            return value.getSerializedSize();
        }
    }

    private record Waiter<A>(A asker, long request) {}

    private static final class Flight<A> {
        @Nullable
        Waiter<A> fetcher;

        long untilMillis;
        final Deque<Waiter<A>> waiting = new ArrayDeque<>();
    }

    /** @param freshMillis a kept answer that is not older will do */
    public List<Reply<A>> acquire(A asker, long request, String name, long freshMillis, long nowMillis) {
        Kept known = kept.get(name);
        if (known != null && nowMillis - known.sinceMillis <= Math.min(freshMillis, FRESH_MILLIS_MAX)) {
            return List.of(new Reply<>(asker, request, false, known.value));
        }
        Flight<A> flight = flights.computeIfAbsent(name, n -> new Flight<>());
        Waiter<A> waiter = new Waiter<>(asker, request);
        if (flight.fetcher == null) {
            return List.of(fetch(flight, waiter, nowMillis));
        }
        if (flight.waiting.size() >= WAITERS_MAX) {
            // It fetches by itself, outside the flight: one request too many is better than a lost answer.
            return List.of(new Reply<>(asker, request, true, null));
        }
        flight.waiting.add(waiter);
        return List.of();
    }

    /** @param value null: the fetch failed without an answer of the origin, so the next waiter tries */
    public List<Reply<A>> publish(A asker, long request, String name, @Nullable MetaValue value, long nowMillis) {
        Flight<A> flight = flights.get(name);
        boolean isFetcher = flight != null && new Waiter<>(asker, request).equals(flight.fetcher);
        if (value != null && value.getStatus() == 200) {
            keep(name, value, nowMillis);
        }
        if (flight == null) {
            return List.of();
        }
        if (value == null) {
            return isFetcher ? handOver(name, flight, nowMillis) : List.of();
        }
        if (!isFetcher && value.getStatus() != 200) {
            return List.of();
        }
        flights.remove(name);
        return flight.waiting.stream()
                .map(waiter -> new Reply<>(waiter.asker, waiter.request, false, value))
                .toList();
    }

    /** The asker's link is gone. */
    public List<Reply<A>> gone(A asker, long nowMillis) {
        List<Reply<A>> replies = new ArrayList<>();
        for (String name : List.copyOf(flights.keySet())) {
            Flight<A> flight = flights.get(name);
            if (flight == null) {
                continue;
            }
            flight.waiting.removeIf(waiter -> waiter.asker.equals(asker));
            if (flight.fetcher != null && flight.fetcher.asker.equals(asker)) {
                replies.addAll(handOver(name, flight, nowMillis));
            }
        }
        return replies;
    }

    /** Time passed: fetchers that took too long are overtaken, old answers go. */
    public List<Reply<A>> tick(long nowMillis) {
        List<Reply<A>> replies = new ArrayList<>();
        for (String name : List.copyOf(flights.keySet())) {
            Flight<A> flight = flights.get(name);
            if (flight != null && nowMillis >= flight.untilMillis) {
                replies.addAll(handOver(name, flight, nowMillis));
            }
        }
        Iterator<Kept> oldest = kept.values().iterator();
        while (oldest.hasNext()) {
            Kept entry = oldest.next();
            if (nowMillis - entry.sinceMillis <= FRESH_MILLIS_MAX) {
                break;
            }
            keptBytes -= entry.bytes();
            oldest.remove();
        }
        return replies;
    }

    private List<Reply<A>> handOver(String name, Flight<A> flight, long nowMillis) {
        Waiter<A> next = flight.waiting.poll();
        if (next == null) {
            flights.remove(name);
            return List.of();
        }
        return List.of(fetch(flight, next, nowMillis));
    }

    private static <A> Reply<A> fetch(Flight<A> flight, Waiter<A> waiter, long nowMillis) {
        flight.fetcher = waiter;
        flight.untilMillis = nowMillis + FETCH_MILLIS;
        return new Reply<>(waiter.asker, waiter.request, true, null);
    }

    private void keep(String name, MetaValue value, long nowMillis) {
        Kept old = kept.remove(name);
        if (old != null) {
            keptBytes -= old.bytes();
        }
        Kept fresh = new Kept(value, nowMillis);
        kept.put(name, fresh);
        keptBytes += fresh.bytes();
        Iterator<Kept> oldest = kept.values().iterator();
        while ((kept.size() > ENTRIES_MAX || keptBytes > BYTES_MAX) && oldest.hasNext()) {
            keptBytes -= oldest.next().bytes();
            oldest.remove();
        }
    }

    /** Bytes kept for later askers. */
    long keptBytes() {
        return keptBytes;
    }
}
