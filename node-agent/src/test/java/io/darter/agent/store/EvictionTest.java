package io.darter.agent.store;

import static io.darter.agent.store.PieceStoreContract.commitSmall;
import static io.darter.agent.store.PieceStoreContract.keyOf;
import static io.darter.agent.store.PieceStoreContract.randomBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has to go, and who stays. */
@Timeout(60)
class EvictionTest {
    /** A block of data and a block of journal. */
    private static final long SMALL_ON_DISK_BYTES = 8192;

    @TempDir
    Path directory = Path.of("");

    private final AtomicLong nowMillis = new AtomicLong(1_000_000);
    private long stepMillis = 1000;

    private DiskPieceStore start(long quotaBytes) throws IOException {
        return start(new StoreSettings(quotaBytes, 100, 100, Duration.ZERO, 0));
    }

    private DiskPieceStore start(StoreSettings settings) throws IOException {
        DiskPieceStore fresh =
                new DiskPieceStore(directory, settings, () -> Instant.ofEpochMilli(nowMillis.getAndAdd(stepMillis)));
        fresh.start();
        return fresh;
    }

    @Test
    void theLongestUnusedGoesBeforeTheQuotaIsPassed() throws IOException {
        DiskPieceStore small = start(2 * SMALL_ON_DISK_BYTES);
        List<ContentKey> removed = new ArrayList<>();
        small.whenRemoved(removed::add);
        ContentKey first = commitSmall(small, 1);
        ContentKey second = commitSmall(small, 2);
        small.find(first);
        ContentKey third = commitSmall(small, 3);
        assertEquals(List.of(second), removed);
        assertTrue(small.find(first).isPresent());
        assertTrue(small.find(third).isPresent());
    }

    @Test
    void whatSomebodyUsesIsNotEvicted() throws IOException {
        DiskPieceStore small = start(2 * SMALL_ON_DISK_BYTES);
        ContentKey first = commitSmall(small, 1);
        ContentKey second = commitSmall(small, 2);
        try (StoredContent.Use use = small.find(first).orElseThrow().use()) {
            assertTrue(use != null);
            small.find(second);
            commitSmall(small, 3);
            assertTrue(small.find(first).isPresent());
            assertTrue(small.find(second).isEmpty());
        }
    }

    @Test
    void aWriteAboveTheHighMarkMakesRoomDownToTheLowOne() throws IOException {
        DiskPieceStore marked = start(new StoreSettings(10 * SMALL_ON_DISK_BYTES, 90, 50, Duration.ZERO, 0));
        List<ContentKey> removed = new ArrayList<>();
        marked.whenRemoved(removed::add);
        List<ContentKey> keys = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            keys.add(commitSmall(marked, i));
        }
        assertEquals(List.of(), removed, "up to the high mark nothing goes");
        commitSmall(marked, 9);
        assertEquals(keys.subList(0, removed.size()), removed, "the oldest go first");
        assertTrue(removed.size() >= 4 && removed.size() <= 6, removed.size() + " went");
    }

    @Test
    void theOrderOfEvictionSurvivesARestart() throws IOException {
        DiskPieceStore store = start(1 << 20);
        ContentKey first = commitSmall(store, 1);
        ContentKey second = commitSmall(store, 2);
        store.find(second);
        store.find(first);
        store.sweep(); // once a minute; nothing is closed: the agent is killed
        DiskPieceStore small = start(2 * SMALL_ON_DISK_BYTES);
        commitSmall(small, 3);
        assertTrue(small.find(first).isPresent());
        assertTrue(small.find(second).isEmpty());
    }

    @Test
    void aPinnedContentIsNeverEvictedAlsoAfterARestart() throws IOException {
        DiskPieceStore small = start(2 * SMALL_ON_DISK_BYTES);
        ContentKey pinned = commitSmall(small, 1);
        small.pin(pinned);
        commitSmall(small, 2);
        commitSmall(small, 3);
        assertTrue(small.find(pinned).isPresent());
        small = start(2 * SMALL_ON_DISK_BYTES);
        assertEquals(Set.of(pinned), small.pinned());
        commitSmall(small, 4);
        assertTrue(small.find(pinned).isPresent());
        small.unpin(pinned);
        small = start(2 * SMALL_ON_DISK_BYTES);
        assertEquals(Set.of(), small.pinned());
        commitSmall(small, 5);
        commitSmall(small, 6);
        assertTrue(small.find(pinned).isEmpty());
    }

    @Test
    void whatNobodyUsedForTheTimeToLiveGoesUnlessItIsPinned() throws IOException {
        DiskPieceStore mortal = start(new StoreSettings(1 << 20, 100, 100, Duration.ofHours(1), 0));
        ContentKey old = commitSmall(mortal, 1);
        ContentKey pinned = commitSmall(mortal, 2);
        mortal.pin(pinned);
        nowMillis.addAndGet(Duration.ofMinutes(50).toMillis());
        ContentKey young = commitSmall(mortal, 3);
        nowMillis.addAndGet(Duration.ofMinutes(20).toMillis());
        mortal.sweep();
        assertTrue(mortal.find(old).isEmpty());
        assertTrue(mortal.find(pinned).isPresent());
        assertTrue(mortal.find(young).isPresent());
    }

    @Test
    void theTimeToLiveGoesOnFromTheLastUseAfterARestart() throws IOException {
        StoreSettings hour = new StoreSettings(1 << 20, 100, 100, Duration.ofHours(1), 0);
        DiskPieceStore before = start(hour);
        ContentKey used = commitSmall(before, 1);
        ContentKey unused = commitSmall(before, 2);
        nowMillis.addAndGet(Duration.ofMinutes(50).toMillis());
        before.find(used);
        before.close();
        DiskPieceStore after = start(hour);
        nowMillis.addAndGet(Duration.ofMinutes(20).toMillis());
        after.sweep();
        assertTrue(after.find(used).isPresent(), "used 20 minutes ago");
        assertTrue(after.find(unused).isEmpty(), "not used for 70 minutes");
    }

    @Test
    void whatWasReadAMomentAgoMakesRoomAsSoonAsItIsLetGo() throws IOException {
        stepMillis = 1; // each look at the clock: nobody waits for long
        DiskPieceStore marked = start(new StoreSettings(10 * SMALL_ON_DISK_BYTES, 80, 60, Duration.ZERO, 0));
        List<ContentKey> removed = new ArrayList<>();
        marked.whenRemoved(removed::add);
        List<ContentKey> keys = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            keys.add(commitSmall(marked, i));
        }
        for (ContentKey key : keys) {
            assertTrue(marked.find(key).orElseThrow().file().isOpen(), "somebody may still be sending from it");
        }
        byte[] bytes = randomBytes(12_000, 7);
        StoredContent next = marked.open(keyOf(bytes), new PieceGeometry(12_000, 4000));
        for (int piece = 0; piece < 3; piece++) {
            try (StoredContent.PieceWriter writer = next.write(piece)) {
                writer.write(ByteBuffer.wrap(bytes, 4000 * piece, 4000));
                writer.accept();
            }
        }
        assertEquals(keys.subList(0, 3), removed, "down to the low mark once, though files are still open");
        assertTrue(marked.onDiskBytes() <= 10 * SMALL_ON_DISK_BYTES);
    }
}
