package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PieceGeometryTest {
    @Test
    void theLastPieceIsShorter() {
        PieceGeometry geometry = new PieceGeometry(2500, 1000);
        assertEquals(3, geometry.pieces());
        assertEquals(1000, geometry.length(0));
        assertEquals(500, geometry.length(2));
        assertEquals(2000, geometry.offset(2));
        assertEquals(1500, geometry.bytes(new PieceRun(1, 2)));
        assertEquals(2500, geometry.bytes(new PieceRun(0, 3)));
    }

    @Test
    void aWholeNumberOfPiecesHasNoRest() {
        PieceGeometry geometry = new PieceGeometry(2000, 1000);
        assertEquals(2, geometry.pieces());
        assertEquals(1000, geometry.length(1));
    }

    @Test
    void anEmptyContentHasNoPiece() {
        PieceGeometry empty = new PieceGeometry(0, 1000);
        assertEquals(0, empty.pieces());
        assertThrows(IndexOutOfBoundsException.class, () -> empty.offset(0));
        assertThrows(IndexOutOfBoundsException.class, () -> empty.pieceAt(0));
    }

    @Test
    void everyByteIsInThePieceThatSaysSo() {
        PieceGeometry geometry = new PieceGeometry(2500, 1000);
        for (long offset = 0; offset < 2500; offset++) {
            int piece = geometry.pieceAt(offset);
            long within = offset - geometry.offset(piece);
            assertEquals(true, within >= 0 && within < geometry.length(piece), "offset " + offset);
        }
        assertThrows(IndexOutOfBoundsException.class, () -> geometry.pieceAt(2500));
        assertThrows(IndexOutOfBoundsException.class, () -> geometry.pieceAt(-1));
    }

    @Test
    void offsetsBeyondAnIntAreRight() {
        long size = 100L << 30;
        PieceGeometry geometry = new PieceGeometry(size, 128 << 20);
        assertEquals(800, geometry.pieces());
        assertEquals(size - (128L << 20), geometry.offset(799));
        assertEquals(799, geometry.pieceAt(size - 1));
        assertEquals(size, geometry.bytes(new PieceRun(0, 800)));
    }

    @Test
    void whatCanNotBeCutIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PieceGeometry(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> new PieceGeometry(1, 0));
        assertThrows(IllegalArgumentException.class, () -> new PieceGeometry(Long.MAX_VALUE, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> new PieceGeometry(10, 3).length(4));
        assertThrows(IndexOutOfBoundsException.class, () -> new PieceGeometry(10, 3).offset(-1));
    }
}
