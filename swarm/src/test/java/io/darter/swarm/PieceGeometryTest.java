package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PieceGeometryTest {
    @Test
    void theLastPieceIsShorter() {
        PieceGeometry geometry = new PieceGeometry(2500, 1000);
        assertEquals(3, geometry.pieces());
        assertEquals(1000, geometry.length(1));
        assertEquals(500, geometry.length(2));
        assertEquals(1500, geometry.bytes(new PieceRun(1, 2)));
        assertEquals(2, geometry.pieceAt(2499));
    }

    @Test
    void anEmptyContentHasNoPiece() {
        assertEquals(0, new PieceGeometry(0, 1000).pieces());
        assertThrows(IndexOutOfBoundsException.class, () -> new PieceGeometry(0, 1000).pieceAt(0));
    }

    @Test
    void offsetsGoBeyondFourGibibytes() {
        PieceGeometry geometry = new PieceGeometry(10L << 30, 16 << 20);
        assertEquals(640, geometry.pieces());
        assertEquals(639L << 24, geometry.offset(639));
    }

    @Test
    void runsAreNeverEmpty() {
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> new PieceRun(Integer.MAX_VALUE, 1));
    }
}
