package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PieceMapTest {
    @Test
    void countsWhatIsHeld() {
        PieceMap map = new PieceMap(130);
        assertTrue(map.set(129));
        assertFalse(map.set(129));
        assertTrue(map.set(0));
        assertEquals(2, map.count());
        assertTrue(map.clear(0));
        assertFalse(map.clear(0));
        assertEquals(1, map.count());
    }

    @Test
    void findsTheNextMissingPieceAcrossWords() {
        PieceMap map = PieceMap.full(200);
        assertEquals(200, map.nextClear(0));
        map.clear(64);
        map.clear(199);
        assertEquals(64, map.nextClear(0));
        assertEquals(64, map.nextClear(64));
        assertEquals(199, map.nextClear(65));
        assertEquals(200, map.nextClear(200));
        assertEquals(0, new PieceMap(1).nextClear(0));
        assertEquals(0, new PieceMap(0).nextClear(0));
    }

    @Test
    void survivesItsBytes() {
        PieceMap map = new PieceMap(77);
        map.set(3);
        map.set(64);
        map.set(76);
        PieceMap again = PieceMap.fromBytes(77, map.toBytes());
        assertEquals(3, again.count());
        assertArrayEquals(map.toBytes(), again.toBytes());
    }

    @Test
    void refusesBytesOfAnotherShape() {
        assertThrows(IllegalArgumentException.class, () -> PieceMap.fromBytes(8, new byte[2]));
        assertThrows(IllegalArgumentException.class, () -> PieceMap.fromBytes(7, new byte[] {(byte) 0x80}));
    }

    @Test
    void refusesPiecesThatAreNotThere() {
        assertThrows(IndexOutOfBoundsException.class, () -> new PieceMap(8).get(8));
        assertThrows(IndexOutOfBoundsException.class, () -> new PieceMap(8).set(-1));
    }
}
