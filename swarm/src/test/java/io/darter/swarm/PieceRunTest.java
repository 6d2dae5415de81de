package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PieceRunTest {
    @Test
    void aRunKnowsItsEnds() {
        PieceRun run = new PieceRun(3, 4);
        assertEquals(6, run.last());
        assertEquals(7, run.end());
        assertFalse(run.contains(2));
        assertTrue(run.contains(3));
        assertTrue(run.contains(6));
        assertFalse(run.contains(7));
    }

    @Test
    void aSinglePieceIsARunOfOne() {
        assertEquals(new PieceRun(9, 1), PieceRun.of(9));
        assertEquals(9, PieceRun.of(9).last());
    }

    @Test
    void aRunIsNeverEmptyNegativeOrBeyondAnInt() {
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(0, -1));
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(Integer.MAX_VALUE, 1));
    }
}
