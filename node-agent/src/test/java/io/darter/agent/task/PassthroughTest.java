package io.darter.agent.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.health.Traffic;
import io.darter.agent.store.DiskPieceStore;
import io.darter.agent.store.Sha256;
import io.darter.agent.store.StoreSettings;
import io.darter.swarm.ContentKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No pull fails for want of a disk. */
@Timeout(60)
class PassthroughTest {
    private static final byte[] BYTES = randomBytes(700_000);

    @TempDir
    Path folder = Path.of("");

    private final FakeSources sources = new FakeSources(BYTES, 128 << 10);
    private final FakeScheduler scheduler = new FakeScheduler();
    private final Traffic traffic = new Traffic();
    private TaskRegistry tasks = new TaskRegistry(parts(new io.darter.agent.store.MemoryPieceStore()));

    @AfterEach
    void stop() {
        tasks.close();
    }

    @Test
    void aContentLargerThanTheStoreArrivesAllTheSame() throws Exception {
        DiskPieceStore store = store(100_000);
        assertArrayEquals(BYTES, get(source(BYTES), 0, BYTES.length));
        assertEquals(0, store.onDiskBytes());
        assertEquals(1, traffic.passedThrough.sum());
        assertEquals(BYTES.length, traffic.deliveredBytes.sum());
    }

    @Test
    void aPartOfItArrivesToo() throws Exception {
        store(100_000);
        assertArrayEquals(Arrays.copyOfRange(BYTES, 5, 300_000), get(source(BYTES), 5, 300_000));
        assertArrayEquals(Arrays.copyOfRange(BYTES, 650_000, BYTES.length), get(source(BYTES), 650_000, BYTES.length));
    }

    @Test
    void wrongBytesAreFoundOutBeforeTheLastOnesAreGiven() throws Exception {
        store(100_000);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ContentTask task = tasks.startOrJoin(source(new byte[] {1}), "task", true);
        DarterException failure = assertThrows(DarterException.class, () -> copy(task, received, 0, BYTES.length));
        assertEquals(ErrorCode.DIGEST_MISMATCH, failure.code());
        assertTrue(received.size() < BYTES.length, "all of it was given");
    }

    @Test
    void whatIsStoredWhenTheRoomEndsIsNotFetchedAgain() throws Exception {
        DiskPieceStore store = store(900_000);
        byte[] other = randomBytes(400_000);
        ContentKey key = ContentKey.ofSha256Hex(hex(other));
        var pinned = store.open(key, new io.darter.swarm.PieceGeometry(other.length, 100_000));
        for (int piece = 0; piece < 4; piece++) {
            try (var writer = pinned.write(piece)) {
                writer.write(java.nio.ByteBuffer.wrap(other, piece * 100_000, 100_000));
                writer.accept();
            }
        }
        pinned.commit();
        store.pin(key);
        assertArrayEquals(BYTES, get(source(BYTES), 0, BYTES.length));
        assertEquals("origin 0-700000", sources.asked.getFirst());
        assertEquals("origin 393216-700000", sources.asked.getLast(), sources.asked.toString());
        assertTrue(store.onDiskBytes() <= 900_000, "bytes " + store.onDiskBytes());
    }

    @Test
    void whatCannotBeReadBackIsFetchedAgain() throws Exception {
        DiskPieceStore store = store(10 << 20);
        ContentSource source = source(BYTES);
        get(source, 0, BYTES.length);
        awaitCommitted(store, source);
        awaitNoneRunning();
        try (FileChannel file =
                FileChannel.open(folder.resolve("store").resolve(source.key() + ".data"), StandardOpenOption.WRITE)) {
            file.truncate(200_000); // reading on is an error, as on a bad sector
        }
        sources.asked.clear();
        assertArrayEquals(BYTES, get(source, 0, BYTES.length));
        assertTrue(store.find(source.key()).isEmpty(), "it is not offered until it was verified again");
        awaitNoneRunning(); // who joins the one that found the damage is given its bytes without the store
        sources.asked.clear();
        assertArrayEquals(BYTES, get(source, 0, BYTES.length));
        // The first piece that was wrong may have come anew while the first caller waited, before it showed that more
        // is.
        String asked = sources.asked.toString(); // in one part or more: whoever reads on is served first
        assertTrue(asked.matches("\\[origin (131072|262144)-(.*-)?700000\\]"), "only what was wrong: " + asked);
        awaitCommitted(store, source);
    }

    private void awaitNoneRunning() throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!tasks.progress().isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "still running");
            Thread.sleep(5);
        }
    }

    private static void awaitCommitted(DiskPieceStore store, ContentSource source) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (store.find(source.key()).filter(content -> content.committed()).isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "not committed");
            Thread.sleep(5);
        }
    }

    private DiskPieceStore store(long quotaBytes) throws IOException {
        DiskPieceStore store = new DiskPieceStore(
                folder.resolve("store"),
                new StoreSettings(quotaBytes, 100, 100, Duration.ZERO, 0),
                InstantSource.system());
        store.start();
        scheduler.linked = false;
        tasks = new TaskRegistry(parts(store));
        return store;
    }

    private TaskParts parts(io.darter.agent.store.PieceStore store) {
        return new TaskParts(store, sources, sources, scheduler, traffic, System::nanoTime);
    }

    private byte[] get(ContentSource source, long from, long to) throws Exception {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        copy(tasks.startOrJoin(source, "task", true), received, from, to);
        return received.toByteArray();
    }

    private static void copy(ContentTask task, ByteArrayOutputStream into, long from, long to) throws Exception {
        task.copyTo(
                bytes -> {
                    byte[] chunk = new byte[bytes.remaining()];
                    bytes.get(chunk);
                    into.writeBytes(chunk);
                },
                from,
                to);
    }

    private static ContentSource source(byte[] bytes) {
        return new ContentSource(
                ContentKey.ofSha256Hex(hex(bytes)),
                BYTES.length,
                "sha256:" + hex(bytes),
                true,
                URI.create("http://127.0.0.1:1/file"),
                "",
                "",
                "",
                "");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.of(bytes));
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
