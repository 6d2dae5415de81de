package io.darter.agent.schedulerlink;

import io.darter.agent.origin.OriginClient.MetaResponse;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The last answers of origins, by name: at most 512 and 16 MiB, the least recently used go first. */
final class MetaCache {
    private static final int ENTRIES_MAX = 512;
    private static final long BYTES_MAX = 16 << 20;

    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private record Entry(MetaResponse answer, long atNanos) {}

    /** The answer if it is not older than that. */
    synchronized Optional<MetaResponse> get(String name, long freshNanos, long nowNanos) {
        Entry entry = entries.get(name);
        if (entry == null || nowNanos - entry.atNanos() > freshNanos) {
            return Optional.empty();
        }
        return Optional.of(entry.answer());
    }

    /** Keeps an answer of status 200; no other is worth repeating. */
    synchronized void put(String name, MetaResponse answer, long atNanos) {
        if (answer.status() != 200 || answer.body().length > BYTES_MAX) {
            return;
        }
        Entry old = entries.put(name, new Entry(answer, atNanos));
        bytes += answer.body().length - (old == null ? 0 : old.answer().body().length);
        Iterator<Map.Entry<String, Entry>> oldest = entries.entrySet().iterator();
        while (entries.size() > ENTRIES_MAX || bytes > BYTES_MAX) {
            bytes -= oldest.next().getValue().answer().body().length;
            oldest.remove();
        }
    }
}
