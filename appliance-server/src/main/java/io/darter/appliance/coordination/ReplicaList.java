package io.darter.appliance.coordination;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.redisson.api.RMapCache;
import org.redisson.api.RedissonClient;

/**
 * The replicas in Redis: who lives, by a heartbeat; and where each is reached, also while it is down, for a week. Owned by
 * one thread.
 */
final class ReplicaList {
    private static final long LIVE_SECONDS = 10;
    private static final long KNOWN_DAYS = 7;
    private static final long REFRESH_NANOS = 60_000_000_000L;

    private final LongSupplier nanoTime;
    private String written = "";
    private long writtenNanos;

    /**
     * A replica.
     *
     * @param links {@code host:port} for agents
     * @param servers {@code https://host:port}
     */
    record Replica(String name, List<String> links, List<String> servers) {
        String text() {
            return String.join(",", links) + ';' + String.join(",", servers);
        }

        static Replica parse(String name, String text) {
            String[] parts = text.split(";", -1);
            return new Replica(name, list(parts[0]), parts.length < 2 ? List.of() : list(parts[1]));
        }

        private static List<String> list(String text) {
            return text.isEmpty() ? List.of() : Arrays.asList(text.split(","));
        }
    }

    ReplicaList(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void beat(RedissonClient redis, Replica own) {
        redis.<String, String>getMapCache("darter:replicas")
                .fastPut(own.name(), String.join(",", own.links()), LIVE_SECONDS, TimeUnit.SECONDS);
    }

    /** The names of those that live. */
    List<String> live(RedissonClient redis) {
        return new ArrayList<>(
                redis.<String, String>getMapCache("darter:replicas").readAllKeySet());
    }

    /** All that were there in the last week, by name; makes sure that this one is among them. */
    List<Replica> known(RedissonClient redis, Replica own) {
        RMapCache<String, String> known = redis.getMapCache("darter:known-replicas");
        Map<String, String> all = new TreeMap<>(known.readAllMap());
        boolean due = !own.text().equals(all.get(own.name()))
                || !written.equals(own.text())
                || nanoTime.getAsLong() - writtenNanos > REFRESH_NANOS;
        if (due) {
            known.fastPut(own.name(), own.text(), KNOWN_DAYS, TimeUnit.DAYS);
            all.put(own.name(), own.text());
            written = own.text();
            writtenNanos = nanoTime.getAsLong();
        }
        List<Replica> replicas = new ArrayList<>();
        for (Map.Entry<String, String> entry : all.entrySet()) {
            Replica replica = Replica.parse(entry.getKey(), entry.getValue());
            boolean mine = replica.name().equals(own.name());
            if (!mine && !Collections.disjoint(replica.links(), own.links())) {
                known.fastRemove(replica.name()); // this one was there before, under another name
            } else {
                replicas.add(replica);
            }
        }
        return replicas;
    }
}
