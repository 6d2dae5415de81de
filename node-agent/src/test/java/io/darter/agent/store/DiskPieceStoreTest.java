package io.darter.agent.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskPieceStoreTest extends PieceStoreContract {
    @TempDir
    Path directory = Path.of("");

    private final AtomicLong nowMillis = new AtomicLong(1_000_000);

    @Override
    DiskPieceStore newStore() throws IOException {
        return start(1 << 20, DiskContent::writeFully);
    }

    private DiskPieceStore start(long quotaBytes, DiskPieceStore.Disk disk) throws IOException {
        DiskPieceStore fresh =
                new DiskPieceStore(directory, quotaBytes, () -> Instant.ofEpochMilli(nowMillis.getAndAdd(1000)), disk);
        fresh.start();
        return fresh;
    }

    @Test
    void aCommittedContentIsBackAfterARestart() throws IOException {
        commit(store);
        store = newStore();
        StoredContent content = store.find(KEY).orElseThrow();
        assertTrue(content.committed());
        assertArrayEquals(BYTES, read(content, 0, 2500));
        assertArrayEquals(Sha256.of(piece(2)), content.pieceDigest(2));
    }

    @Test
    void anUnfinishedContentGoesOnAfterARestart() throws IOException {
        StoredContent before = store.open(KEY, GEOMETRY);
        put(before, 2);
        put(before, 0);
        store = newStore();
        assertTrue(store.find(KEY).isEmpty(), "nothing is served on the word of a journal");
        StoredContent content = store.open(KEY, GEOMETRY);
        assertTrue(content.has(0));
        assertFalse(content.has(1));
        assertTrue(content.has(2));
        put(content, 1);
        content.commit();
        assertArrayEquals(BYTES, read(content, 0, 2500));
        store = newStore();
        assertTrue(store.find(KEY).orElseThrow().committed());
    }

    @Test
    void aTornRecordCostsOnePieceOnly() throws IOException {
        StoredContent before = store.open(KEY, GEOMETRY);
        put(before, 0);
        put(before, 1);
        Path journal = directory.resolve(KEY + ".journal");
        try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 7);
        }
        store = newStore();
        StoredContent content = store.open(KEY, GEOMETRY);
        assertTrue(content.has(0));
        assertFalse(content.has(1));
        put(content, 1);
        store = newStore();
        assertEquals(2, store.open(KEY, GEOMETRY).verified().count(), "the next record takes the torn one's place");
    }

    @Test
    void aPieceWhoseBytesChangedOnDiskIsMissingAfterARestart() throws IOException {
        StoredContent before = store.open(KEY, GEOMETRY);
        put(before, 0);
        put(before, 1);
        try (FileChannel channel = FileChannel.open(directory.resolve(KEY + ".part"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~BYTES[1500]}), 1500);
        }
        store = newStore();
        StoredContent content = store.open(KEY, GEOMETRY);
        assertTrue(content.has(0));
        assertFalse(content.has(1));
    }

    @Test
    void filesThatBelongToNothingAreRemoved() throws IOException {
        commit(store);
        Files.writeString(directory.resolve("left-over.tmp"), "x");
        Files.writeString(directory.resolve(keyOf(new byte[1]) + ".journal"), "not a journal");
        Files.writeString(directory.resolve(keyOf(new byte[2]) + ".data"), "no journal");
        store = newStore();
        try (var files = Files.list(directory)) {
            assertEquals(2, files.count());
        }
        assertEquals(1, store.all().size());
    }

    @Test
    void aCommittedContentOfTheWrongSizeIsGivenUp() throws IOException {
        commit(store);
        try (FileChannel channel = FileChannel.open(directory.resolve(KEY + ".data"), StandardOpenOption.WRITE)) {
            channel.truncate(100);
        }
        store = newStore();
        assertTrue(store.find(KEY).isEmpty());
        assertEquals(0, store.open(KEY, GEOMETRY).verified().count());
    }

    @Test
    void aPieceThatTheDiskSpoiltIsMissingAndTheRestStays() throws IOException {
        commit(store);
        flip(directory.resolve(KEY + ".data"), 1500);
        StoredContent content = store.find(KEY).orElseThrow();
        assertTrue(content.recheck(0));
        assertFalse(content.recheck(1));
        assertFalse(content.has(1));
        assertTrue(content.has(2));
        assertFalse(content.committed());
        store = newStore();
        assertTrue(store.find(KEY).isEmpty(), "it is not whole any more");
        assertEquals(2, store.open(KEY, GEOMETRY).verified().count());
    }

    @Test
    void aSpoiltPieceIsWrittenAgainAndCommitted() throws IOException {
        commit(store);
        flip(directory.resolve(KEY + ".data"), 10);
        StoredContent content = store.find(KEY).orElseThrow();
        assertFalse(content.recheck(0));
        try (StoredContent.PieceWriter writer = content.write(0)) {
            writer.write(ByteBuffer.wrap(piece(0)));
            writer.accept();
        }
        content.commit();
        assertTrue(content.recheck(0));
        store = newStore();
        assertTrue(store.find(KEY).orElseThrow().committed());
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(one.put(0, (byte) (one.get(0) ^ 1)).flip(), at);
        }
    }

    @Test
    void theLongestUnusedGoesBeforeTheQuotaIsPassed() throws IOException {
        DiskPieceStore small = start(250, DiskContent::writeFully);
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
        DiskPieceStore small = start(250, DiskContent::writeFully);
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
    void aFullDiskEvictsAndGoesOn() throws IOException {
        Deque<Boolean> failures = new ArrayDeque<>();
        DiskPieceStore full = start(1 << 20, failing(failures));
        ContentKey old = commitSmall(full, 1);
        failures.add(true);
        put(full.open(KEY, GEOMETRY), 0);
        assertTrue(full.find(old).isEmpty());
        assertTrue(full.find(KEY).orElseThrow().has(0));
    }

    @Test
    void aDiskThatStaysFullSaysSo() throws IOException {
        DiskPieceStore full = start(1 << 20, failing(new ArrayDeque<>(List.of(true, true))));
        try (StoredContent.PieceWriter writer = full.open(KEY, GEOMETRY).write(0)) {
            assertThrows(DiskFullException.class, () -> writer.write(ByteBuffer.wrap(piece(0))));
        }
    }

    @Test
    void manyContentsDoNotKeepManyFilesOpen() throws IOException {
        for (int i = 0; i < 400; i++) {
            commitSmall(store, i);
        }
        for (StoredContent content : store.all()) {
            assertEquals(100, read(content, 0, 100).length);
        }
    }

    /** Each write takes one entry; true fails it. */
    private static DiskPieceStore.Disk failing(Deque<Boolean> script) {
        return (channel, bytes, offset) -> {
            if (!script.isEmpty() && script.remove()) {
                throw new IOException("No space left on device");
            }
            DiskContent.writeFully(channel, bytes, offset);
        };
    }

    private static void commit(PieceStore store) throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        for (int piece = 0; piece < 3; piece++) {
            put(content, piece);
        }
        content.commit();
    }

    private static ContentKey commitSmall(PieceStore store, int seed) throws IOException {
        byte[] bytes = randomBytes(100, seed + 100);
        StoredContent content = store.open(keyOf(bytes), new PieceGeometry(100, 100));
        try (StoredContent.PieceWriter writer = content.write(0)) {
            writer.write(ByteBuffer.wrap(bytes));
            writer.accept();
        }
        content.commit();
        return content.key();
    }
}
