package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceSizeRuleTest {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    @ParameterizedTest(name = "{0} bytes: {1} KiB")
    @CsvSource({
        "0, 128",
        "1, 128",
        "8388608, 128", // 8 MiB: exactly 64 pieces of the smallest size
        "8388609, 256", // one byte more
        "33554432, 512", // 32 MiB: exactly 64 pieces of half a MiB
        "33554433, 512", // above that pieces become more, not larger
        "134217728, 512", // 128 MiB: exactly 256 pieces
        "134217729, 1024",
        "1073741824, 4096", // 1 GiB: exactly 256 pieces of 4 MiB
        "1073741825, 4096", // above that the largest size holds
        "2147483648, 4096", // 2 GiB would be 8 MiB
        "4294967296, 4096", // 4 GiB is the last with that rule
        "4294967297, 8192", // beyond: at most 1024 pieces
        "107374182400, 131072", // 100 GiB
    })
    void theSizeOfPiecesFollowsTheSizeOfTheContent(long sizeBytes, int pieceKib) {
        assertEquals(pieceKib * KIB, PieceSizeRule.pieceBytes(sizeBytes));
    }

    @Test
    void aPieceIsAPowerOfTwoAndNoContentHasMoreThanTwoThousandOfThem() {
        for (long size = 1; size <= 1024 * GIB; size = size * 3 / 2 + 1) {
            int piece = PieceSizeRule.pieceBytes(size);
            assertEquals(1, Integer.bitCount(piece), "size " + size);
            assertTrue(piece >= 128 * KIB, "size " + size);
            assertTrue(size > 4 * GIB || piece <= 4 * MIB, "size " + size);
            assertTrue(new PieceGeometry(size, piece).pieces() <= 2048, "size " + size);
        }
    }

    @Test
    void aPieceStaysWithinAnIntForTheLargestContent() {
        assertEquals(1 << 30, PieceSizeRule.pieceBytes(Long.MAX_VALUE));
    }
}
