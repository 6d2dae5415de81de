package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who goes when there is no room: of what nobody uses and nobody pinned, first what is unfinished since before the start,
 * then what was not used for longest. Works on the store's own maps under the store's lock.
 */
final class Eviction {
    private static final Logger log = LoggerFactory.getLogger(Eviction.class);
    /** So long after somebody got a content's file its bytes may still be on their way: it stays open. */
    private static final long LINGER_MILLIS = 3_000;

    private static final long LINGER_STEP_MILLIS = 50;
    private static final long AWAIT_LINGERING_MILLIS = 10_000;

    private final Object lock;
    private final Shelf shelf;
    private final StoreFiles files;
    private final Space space;
    private final Handles handles;
    private final InstantSource clock;
    private final Consumer<ContentKey> whenRemoved;
    private final Set<DiskContent> lingering = new HashSet<>();

    /** What the store has, each guarded by its lock. */
    record Shelf(Map<ContentKey, DiskContent> contents, Map<ContentKey, Sleeper> asleep, Set<ContentKey> pins) {}

    /** @param whenRemoved is told without locks */
    Eviction(
            Object lock,
            Shelf shelf,
            StoreFiles files,
            Space space,
            Handles handles,
            InstantSource clock,
            Consumer<ContentKey> whenRemoved) {
        this.lock = lock;
        this.shelf = shelf;
        this.files = files;
        this.space = space;
        this.handles = handles;
        this.clock = clock;
        this.whenRemoved = whenRemoved;
    }

    /**
     * Takes bytes of the quota before they are written, in the place of what was not used for longest.
     *
     * @throws DiskFullException if there is nothing left to give up
     */
    void claim(DiskContent keep, long bytes) throws IOException {
        List<ContentKey> gone = new ArrayList<>();
        try {
            synchronized (lock) {
                evict(keep, space.excessBytes(bytes - leavingBytes()), gone);
                awaitLingering(bytes, LINGER_MILLIS + LINGER_STEP_MILLIS);
                if (!space.fits(bytes)) { // who reads what was to go reads on
                    evict(keep, space.excessBytes(bytes), gone);
                    awaitLingering(bytes, AWAIT_LINGERING_MILLIS);
                }
                if (!space.fits(bytes)) {
                    throw new DiskFullException(
                            "no room is left for " + bytes + " bytes in " + files.directory(), null);
                }
                space.take(bytes);
            }
        } finally {
            gone.forEach(whenRemoved);
        }
    }

    private void evict(DiskContent keep, long excessBytes, List<ContentKey> gone) throws IOException {
        long excess = excessBytes;
        while (excess > 0) {
            long freed = evictOldest(keep, Long.MAX_VALUE, gone);
            excess = freed < 0 ? 0 : excess - freed;
        }
    }

    /** Still taken, but given up, and the disk has them back in a moment: nobody else has to go for them. */
    private long leavingBytes() {
        return lingering.stream()
                .filter(content -> !content.inUse())
                .mapToLong(DiskContent::onDiskBytes)
                .sum();
    }

    /** Files without a name that somebody reads to the end go in a moment; those that nobody reads go now. */
    private void awaitLingering(long bytes, long mostMillis) throws IOException {
        try {
            for (long waited = 0; waited < mostMillis; waited += LINGER_STEP_MILLIS) {
                if (lingering.isEmpty() || space.fits(bytes)) {
                    return;
                }
                lingering.removeIf(
                        content -> content.lentMillis() + LINGER_MILLIS <= clock.millis() && content.closeRemoved());
                if (!lingering.isEmpty() && !space.fits(bytes)) {
                    TimeUnit.MILLISECONDS.timedWait(lock, LINGER_STEP_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for room");
        }
    }

    /** The disk is full, whatever the quota says: gives up the least recently used content. False if there is none. */
    boolean makeSpace(DiskContent keep) throws IOException {
        List<ContentKey> gone = new ArrayList<>();
        synchronized (lock) {
            evictOldest(keep, Long.MAX_VALUE, gone);
            awaitLingering(
                    Long.MAX_VALUE / 2, AWAIT_LINGERING_MILLIS); // all of them: what the quota says does not help here
        }
        gone.forEach(whenRemoved);
        return !gone.isEmpty();
    }

    /** Everything that was not used since then goes. */
    void sweep(long beforeMillis) throws IOException {
        List<ContentKey> gone = new ArrayList<>();
        synchronized (lock) {
            while (evictOldest(null, beforeMillis, gone) >= 0) {
                // one at a time, the oldest first
            }
        }
        gone.forEach(whenRemoved);
    }

    /**
     * @param beforeMillis only what was used before
     * @return bytes that the disk gets back, soon if not at once; -1 if there is nothing to evict
     */
    private long evictOldest(@Nullable DiskContent keep, long beforeMillis, List<ContentKey> gone) throws IOException {
        Optional<Sleeper> sleeper = shelf.asleep().values().stream()
                .filter(candidate ->
                        !shelf.pins().contains(candidate.key()) && candidate.lastUsedMillis() < beforeMillis)
                .min(Comparator.comparingLong(Sleeper::lastUsedMillis));
        if (sleeper.isPresent()) {
            // Unfinished and asked for by nobody since the start: less worth than anything whole.
            ContentKey key = sleeper.get().key();
            log.atInfo().addKeyValue("content", key).log("evicting");
            shelf.asleep().remove(key);
            files.clear(key);
            space.giveBack(sleeper.get().onDiskBytes());
            gone.add(key);
            return sleeper.get().onDiskBytes();
        }
        Optional<DiskContent> content = shelf.contents().values().stream()
                .filter(candidate -> candidate != keep
                        && !candidate.inUse()
                        && !shelf.pins().contains(candidate.key())
                        && candidate.lastUsedMillis() < beforeMillis)
                .min(Comparator.comparingLong(DiskContent::lastUsedMillis));
        if (content.isEmpty()) {
            return -1;
        }
        DiskContent oldest = content.get();
        log.atInfo().addKeyValue("content", oldest.key()).log("evicting");
        shelf.contents().remove(oldest.key());
        long bytes = oldest.onDiskBytes();
        unlink(oldest, oldest.lentMillis() + LINGER_MILLIS - clock.millis());
        gone.add(oldest.key());
        return bytes;
    }

    /** @param lingerMillis for which its file stays open for those who read it */
    void unlink(DiskContent content, long lingerMillis) throws IOException {
        handles.forget(content);
        boolean open = content.removed();
        files.clear(content.key());
        if (!open || lingerMillis <= 0) {
            content.closeRemoved();
            return;
        }
        lingering.add(content);
        Thread.ofVirtual().name("linger").start(() -> {
            try {
                TimeUnit.MILLISECONDS.sleep(lingerMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            content.closeRemoved();
            synchronized (lock) {
                lingering.remove(content);
                lock.notifyAll();
            }
        });
    }
}
