package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceMapTest {
    @Test
    void settingAndClearingSayWhetherAnythingChanged() {
        PieceMap map = new PieceMap(70);
        assertTrue(map.set(69));
        assertFalse(map.set(69));
        assertTrue(map.get(69));
        assertEquals(1, map.count());
        assertTrue(map.clear(69));
        assertFalse(map.clear(69));
        assertEquals(0, map.count());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 1000})
    void bytesGiveBackTheSameMap(int pieces) {
        Random random = new Random(pieces);
        PieceMap map = new PieceMap(pieces);
        for (int piece = 0; piece < pieces; piece++) {
            if (random.nextBoolean()) {
                map.set(piece);
            }
        }
        PieceMap back = PieceMap.fromBytes(pieces, map.toBytes());
        assertEquals((pieces + 7) / 8, map.toBytes().length);
        assertArrayEquals(map.toBytes(), back.toBytes());
        assertEquals(map.count(), back.count());
        for (int piece = 0; piece < pieces; piece++) {
            assertEquals(map.get(piece), back.get(piece), "piece " + piece);
        }
    }

    @Test
    void theLowestBitOfTheFirstByteIsPieceZero() {
        PieceMap map = new PieceMap(12);
        map.set(0);
        map.set(9);
        assertArrayEquals(new byte[] {1, 2}, map.toBytes());
    }

    @Test
    void bytesOfAnotherLengthOrWithABitTooManyAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> PieceMap.fromBytes(9, new byte[1]));
        assertThrows(IllegalArgumentException.class, () -> PieceMap.fromBytes(9, new byte[3]));
        assertThrows(IllegalArgumentException.class, () -> PieceMap.fromBytes(9, new byte[] {0, 2}));
        assertThrows(IllegalArgumentException.class, () -> PieceMap.fromBytes(0, new byte[1]));
        assertEquals(1, PieceMap.fromBytes(9, new byte[] {0, 1}).count());
    }

    @Test
    void piecesThatAreNotThereCanNotBeNamed() {
        PieceMap map = new PieceMap(9);
        assertThrows(IndexOutOfBoundsException.class, () -> map.get(9));
        assertThrows(IndexOutOfBoundsException.class, () -> map.set(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> map.clear(64));
    }

    @Test
    void theNextMissingPieceIsFoundAsInABitSet() {
        Random random = new Random(1);
        int pieces = 200;
        PieceMap map = new PieceMap(pieces);
        BitSet model = new BitSet();
        for (int i = 0; i < 300; i++) {
            int piece = random.nextInt(pieces);
            map.set(piece);
            model.set(piece);
            for (int from = 0; from <= pieces; from++) {
                assertEquals(Math.min(pieces, model.nextClearBit(from)), map.nextClear(from), "from " + from);
            }
        }
    }

    @Test
    void aFullMapLacksNothingAndAnEmptyContentIsFull() {
        PieceMap full = PieceMap.full(65);
        assertTrue(full.isFull());
        assertEquals(65, full.nextClear(0));
        full.clear(64);
        assertFalse(full.isFull());
        assertEquals(64, full.nextClear(0));
        assertTrue(new PieceMap(0).isFull());
    }

    @Test
    void aCopyChangesAlone() {
        PieceMap map = new PieceMap(3);
        map.set(1);
        PieceMap copy = map.copy();
        copy.set(2);
        assertEquals(1, map.count());
        assertEquals(2, copy.count());
        assertFalse(map.get(2));
    }

    @Test
    void wordsShowSixtyFourPiecesEach() {
        PieceMap map = new PieceMap(65);
        map.set(3);
        map.set(64);
        assertEquals(2, map.wordCount());
        assertEquals(8, map.word(0));
        assertEquals(1, map.word(1));
    }
}
