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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store keeps to. */
abstract class PieceStoreContract {
    static final PieceGeometry GEOMETRY = new PieceGeometry(2500, 1000);
    static final byte[] BYTES = randomBytes(2500, 1);
    static final ContentKey KEY = keyOf(BYTES);

    PieceStore store = new MemoryPieceStore();

    abstract PieceStore newStore() throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = newStore();
    }

    @Test
    void whatIsAcceptedCanBeRead() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        put(content, 1);
        assertTrue(content.has(1));
        assertFalse(content.has(0));
        assertArrayEquals(Sha256.of(piece(1)), content.pieceDigest(1));
        assertArrayEquals(piece(1), read(content, 1000, 2000));
        assertEquals(1000, store.bytes());
        assertEquals(1, store.find(KEY).orElseThrow().verified().count());
    }

    @Test
    void aRangeThatIsNotWhollyVerifiedIsRefused() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        put(content, 1);
        assertThrows(IOException.class, () -> read(content, 999, 2000));
        assertThrows(IOException.class, () -> read(content, 1000, 2001));
    }

    @Test
    void withoutAcceptAPieceStaysMissing() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        try (StoredContent.PieceWriter writer = content.write(0)) {
            writer.write(ByteBuffer.wrap(piece(0)));
        }
        assertFalse(content.has(0));
    }

    @Test
    void morePieceThanItsLengthIsAnError() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        try (StoredContent.PieceWriter writer = content.write(2)) {
            assertThrows(IOException.class, () -> writer.write(ByteBuffer.allocate(501)));
        }
    }

    @Test
    void aLiarWritingTheSamePieceSpoilsNothing() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        StoredContent.PieceWriter liar = content.write(0);
        liar.write(ByteBuffer.allocate(500));
        put(content, 0);
        liar.write(ByteBuffer.allocate(500));
        assertArrayEquals(piece(0), read(content, 0, 1000));
        liar.close();
        assertArrayEquals(piece(0), read(content, 0, 1000));
    }

    @Test
    void theFirstAcceptedOfTwoWins() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        StoredContent.PieceWriter first = content.write(0);
        StoredContent.PieceWriter second = content.write(0);
        first.write(ByteBuffer.wrap(piece(0)));
        second.write(ByteBuffer.wrap(new byte[1000]));
        first.accept();
        second.accept();
        first.close();
        second.close();
        assertArrayEquals(piece(0), read(content, 0, 1000));
        assertArrayEquals(Sha256.of(piece(0)), content.pieceDigest(0));
    }

    @Test
    void onlyACompleteContentCommits() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        put(content, 0);
        assertThrows(IOException.class, content::commit);
        put(content, 1);
        put(content, 2);
        content.commit();
        assertTrue(content.committed());
        assertArrayEquals(BYTES, read(content, 0, 2500));
    }

    @Test
    void anEmptyContentCommits() throws IOException {
        StoredContent content = store.open(keyOf(new byte[0]), new PieceGeometry(0, 1000));
        content.commit();
        assertTrue(content.committed());
        assertEquals(0, read(content, 0, 0).length);
    }

    @Test
    void discardThrowsEverythingAway() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        put(content, 0);
        content.discard();
        assertFalse(content.has(0));
        assertEquals(0, store.open(KEY, GEOMETRY).verified().count());
    }

    @Test
    void aRemovedContentIsReadToTheEndByWhoHasItOpen() throws IOException {
        StoredContent content = store.open(KEY, GEOMETRY);
        put(content, 0);
        store.remove(KEY);
        assertTrue(store.find(KEY).isEmpty());
        assertArrayEquals(piece(0), read(content, 0, 1000));
    }

    @Test
    void allAreInTheOrderOfTheirKeys() throws IOException {
        for (int i = 0; i < 5; i++) {
            store.open(keyOf(randomBytes(10, i)), new PieceGeometry(10, 10));
        }
        var keys = store.all().stream().map(StoredContent::key).toList();
        assertEquals(5, keys.size());
        assertEquals(keys.stream().sorted().toList(), keys);
    }

    static void put(StoredContent content, int piece) throws IOException {
        try (StoredContent.PieceWriter writer = content.write(piece)) {
            byte[] bytes = piece(piece);
            writer.write(ByteBuffer.wrap(bytes, 0, 300));
            writer.write(ByteBuffer.wrap(bytes, 300, bytes.length - 300));
            assertArrayEquals(Sha256.of(bytes), writer.digest());
            writer.accept();
        }
    }

    static byte[] piece(int piece) {
        return Arrays.copyOfRange(BYTES, piece * 1000, Math.min(BYTES.length, (piece + 1) * 1000));
    }

    static byte[] read(StoredContent content, int from, int to) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(to - from);
        content.read(target, from);
        return target.array();
    }

    static byte[] randomBytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static ContentKey keyOf(byte[] bytes) {
        return ContentKey.ofSha256Hex(HexFormat.of().formatHex(Sha256.of(bytes)));
    }

    /** A content of one piece of 100 bytes. */
    static ContentKey commitSmall(PieceStore store, int seed) throws IOException {
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
