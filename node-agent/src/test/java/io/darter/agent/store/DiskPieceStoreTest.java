package io.darter.agent.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceSizeRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskPieceStoreTest extends PieceStoreContract {
    /** A block of data and a block of journal. */
    private static final long SMALL_ON_DISK_BYTES = 8192;

    @TempDir
    Path directory = Path.of("");

    private final AtomicLong nowMillis = new AtomicLong(1_000_000);

    @Override
    DiskPieceStore newStore() throws IOException {
        return start(16 << 20, FileBytes::writeFully);
    }

    private DiskPieceStore start(long quotaBytes, DiskPieceStore.Disk disk) throws IOException {
        return start(new StoreSettings(quotaBytes, 100, 100, Duration.ZERO, 0), disk);
    }

    private DiskPieceStore start(StoreSettings settings, DiskPieceStore.Disk disk) throws IOException {
        DiskPieceStore fresh =
                new DiskPieceStore(directory, settings, () -> Instant.ofEpochMilli(nowMillis.getAndAdd(1000)), disk);
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
    void aRemovedContentLeavesNoPinBehind() throws IOException {
        ContentKey key = commitSmall(store, 1);
        store.pin(key);
        store.remove(key);
        assertEquals(Set.of(), store.pinned());
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void aContentLargerThanTheQuotaIsRefusedAndNothingGoesForIt() throws IOException {
        DiskPieceStore small = start(2 * SMALL_ON_DISK_BYTES, FileBytes::writeFully);
        ContentKey present = commitSmall(small, 1);
        assertThrows(DiskFullException.class, () -> small.open(KEY, new PieceGeometry(100_000, 1000)));
        assertTrue(small.find(present).isPresent());
        assertEquals(SMALL_ON_DISK_BYTES, small.onDiskBytes());
    }

    @Test
    void whatWouldPassTheQuotaIsRefusedAtItsPieceAndTheOthersStay() throws IOException {
        DiskPieceStore small = start(2 * SMALL_ON_DISK_BYTES + 2 * 4096, FileBytes::writeFully);
        small.pin(commitSmall(small, 1));
        StoredContent content = small.open(KEY, GEOMETRY);
        put(content, 0);
        put(content, 1);
        put(content, 2);
        try (StoredContent.Use use = content.use()) {
            assertTrue(use != null);
            assertThrows(
                    DiskFullException.class, () -> small.open(keyOf(new byte[2000]), new PieceGeometry(2000, 1000)));
        }
        assertTrue(small.onDiskBytes() <= 2 * SMALL_ON_DISK_BYTES + 2 * 4096);
        assertArrayEquals(piece(1), read(content, 1000, 2000));
    }

    @Test
    void aContentThatCannotBeReadIsVerifiedAgainAndOnlyWhatIsWrongIsMissing() throws IOException {
        commit(store);
        StoredContent before = store.find(KEY).orElseThrow();
        try (FileChannel channel = FileChannel.open(directory.resolve(KEY + ".data"), StandardOpenOption.WRITE)) {
            channel.truncate(2100);
        }
        assertThrows(IOException.class, () -> read(before, 2000, 2500));
        store.find(KEY).orElseThrow().doubt();
        assertTrue(store.find(KEY).isEmpty());
        StoredContent content = store.open(KEY, GEOMETRY);
        assertTrue(content.has(0) && content.has(1));
        assertFalse(content.has(2));
        put(content, 2);
        content.commit();
        assertArrayEquals(BYTES, read(content, 0, 2500));
    }

    @Test
    void whatIsCountedIsWhatIsThere() throws IOException {
        DiskPieceStore counted = start(1 << 20, FileBytes::writeFully);
        ContentKey key = commitSmall(counted, 1);
        put(counted.open(KEY, GEOMETRY), 1);
        try (StoredContent.PieceWriter abandoned = counted.open(KEY, GEOMETRY).write(0)) {
            abandoned.write(ByteBuffer.wrap(new byte[10]));
        }
        assertEquals(5 * 4096, counted.onDiskBytes(), "two journals, one small content, two pieces");
        counted = start(1 << 20, FileBytes::writeFully);
        assertEquals(4 * 4096, counted.onDiskBytes(), "what was never accepted was given back");
        counted.open(KEY, GEOMETRY);
        assertEquals(4 * 4096, counted.onDiskBytes());
        counted.remove(key);
        assertEquals(2 * 4096, counted.onDiskBytes());
        try (StoredContent.Use use = counted.open(KEY, GEOMETRY).use()) {
            assertTrue(use != null);
            counted.remove(KEY);
            assertEquals(2 * 4096, counted.onDiskBytes(), "somebody reads it to the end");
        }
    }

    @Test
    void aContentOfAHundredAndFiftyGibCostsLittleMemory() throws IOException {
        long sizeBytes = (150L << 30) + (1 << 20);
        PieceGeometry large = new PieceGeometry(sizeBytes, PieceSizeRule.pieceBytes(sizeBytes));
        DiskPieceStore roomy = start(200L << 30, FileBytes::writeFully);
        StoredContent content = roomy.open(KEY, large);
        int last = large.pieces() - 1;
        byte[] chunk = new byte[1 << 20];
        try (StoredContent.PieceWriter writer = content.write(last)) {
            for (long left = large.length(last); left > 0; left -= chunk.length) {
                writer.write(ByteBuffer.wrap(chunk));
            }
            writer.accept();
        }
        roomy = start(200L << 30, FileBytes::writeFully);
        StoredContent again = roomy.open(KEY, large);
        assertTrue(again.has(last));
        assertEquals(1, again.verified().count());
        assertArrayEquals(new byte[16], readAt(again, sizeBytes - 16, 16));
    }

    @Test
    void aLinkedFileIsBelievedUntilItChanges() throws Exception {
        commit(store);
        Path theirs = link();
        assertArrayEquals(BYTES, read(store.find(KEY).orElseThrow(), 0, 2500));
        Files.setLastModifiedTime(theirs, FileTime.fromMillis(1));
        assertTrue(store.find(KEY).isEmpty(), "it may have been written to");
        assertTrue(store.open(KEY, GEOMETRY).committed(), "and was not");
        assertTrue(store.find(KEY).isPresent());
        assertArrayEquals(BYTES, Files.readAllBytes(theirs));
    }

    @Test
    void aLinkedFileThatWasWrittenToIsTheirsAndFetchedAgain() throws Exception {
        commit(store);
        Path theirs = link();
        try (FileChannel channel = FileChannel.open(theirs, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~BYTES[1500]}), 1500);
        }
        assertTrue(store.find(KEY).isEmpty());
        StoredContent content = store.open(KEY, GEOMETRY);
        assertEquals(0, content.verified().count());
        put(content, 1);
        assertEquals((byte) ~BYTES[1500], Files.readAllBytes(theirs)[1500], "their file stays as they made it");
        assertArrayEquals(piece(1), read(content, 1000, 2000));
    }

    @Test
    void aLinkedFileIsVerifiedAfterARestartToo() throws Exception {
        commit(store);
        Path theirs = link();
        store = newStore();
        assertTrue(store.find(KEY).isPresent(), "nothing changed");
        try (FileChannel channel = FileChannel.open(theirs, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~BYTES[0]}), 0);
        }
        store = newStore();
        assertTrue(store.find(KEY).isEmpty());
        assertEquals(0, store.open(KEY, GEOMETRY).verified().count());
        assertEquals((byte) ~BYTES[0], Files.readAllBytes(theirs)[0]);
    }

    @Test
    void whatWasHandedOutForReadingOnlyIsStillBelieved() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        put(content, 0);
        Path name = directory.resolveSibling(directory.getFileName() + "-handed");
        try (StoredContent.Handing handing = content.handOut(name, false)) {
            assertTrue(handing != null);
            put(content, 1);
            put(content, 2);
            content.commit();
            assertArrayEquals(BYTES, Files.readAllBytes(name));
        }
        assertFalse(Files.exists(name));
        store = newStore();
        assertTrue(store.find(KEY).isPresent());
    }

    private Path link() throws Exception {
        Path name = directory.resolveSibling(directory.getFileName() + "-handed");
        Path theirs = directory.resolveSibling(directory.getFileName() + "-theirs");
        try (StoredContent.Handing handing = store.find(KEY).orElseThrow().handOut(name, true)) {
            assertTrue(handing.share());
            Files.createLink(theirs, name);
        }
        return theirs;
    }

    private static byte[] readAt(StoredContent content, long offset, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        content.read(target, offset);
        return target.array();
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
            FileBytes.writeFully(channel, bytes, offset);
        };
    }

    private static void commit(PieceStore store) throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        for (int piece = 0; piece < 3; piece++) {
            put(content, piece);
        }
        content.commit();
    }
}
