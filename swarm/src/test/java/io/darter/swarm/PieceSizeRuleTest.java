package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PieceSizeRuleTest {
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    @Test
    void smallContentsHaveTheSmallestPiece() {
        for (long size : new long[] {0, 1, 128 << 10, 32 * MIB}) {
            assertEquals(128 << 10, PieceSizeRule.pieceBytes(size));
        }
    }

    @Test
    void aContentHasAbout256PiecesUpToAGibibyte() {
        assertEquals(256 << 10, PieceSizeRule.pieceBytes(32 * MIB + 1));
        assertEquals(2 << 20, PieceSizeRule.pieceBytes(512 * MIB));
        assertEquals(4 << 20, PieceSizeRule.pieceBytes(GIB));
    }

    @Test
    void piecesStayAtFourMebibytesUpToFourGibibytes() {
        assertEquals(4 << 20, PieceSizeRule.pieceBytes(4 * GIB));
    }

    @Test
    void hugeContentsHaveAtMost1024Pieces() {
        assertEquals(8 << 20, PieceSizeRule.pieceBytes(4 * GIB + 1));
        for (long size = 4 * GIB + 1; size < 900 * GIB; size = size * 3 / 2) {
            int piece = PieceSizeRule.pieceBytes(size);
            assertEquals(1, Integer.bitCount(piece));
            long pieces = (size + piece - 1) / piece;
            assertTrue(pieces > 512 && pieces <= 1024, pieces + " pieces of " + size);
        }
    }
}
