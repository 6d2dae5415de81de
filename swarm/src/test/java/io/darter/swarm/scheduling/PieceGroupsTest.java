package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.darter.swarm.PieceGeometry;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PieceGroupsTest {
    private static final long BYTES_MAX = 512 << 10;

    @Test
    void onlyVeryManySmallPiecesAreGrouped() {
        assertEquals(4, group(1024, 64 << 10));
        assertEquals(4, group(1024, 128 << 10));
        assertEquals(1, group(1024, 256 << 10));
        assertEquals(1, group(1023, 64 << 10));
        assertEquals(1, group(1, 1));
    }

    @Test
    void aGroupIsWholeWhenAllOfItsPiecesAreHeld() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int round = 0; round < 1000; round++) {
            int pieces = 65 + random.nextInt(63);
            long some = random.nextLong();
            long lacking = some & random.nextLong(); // of two thirds of the groups something
            long held = ~lacking & (1L << (pieces - 64)) - 1;
            assertEquals(wholeOneByOne(held, pieces), PieceGroups.whole(held, 1, pieces), () -> "of " + pieces);
        }
        assertEquals(-1L, PieceGroups.whole(-1L, 0, 64));
        assertEquals(0x00f0L, PieceGroups.whole(0x03f8L, 0, 1024));
    }

    private static long wholeOneByOne(long held, int pieces) {
        long whole = 0;
        for (int first = 64; first < pieces; first += 4) {
            boolean all = true;
            for (int piece = first; piece < Math.min(first + 4, pieces); piece++) {
                all &= (held >>> piece & 1) != 0;
            }
            for (int piece = first; all && piece < Math.min(first + 4, pieces); piece++) {
                whole |= 1L << piece;
            }
        }
        return whole;
    }

    private static int group(int pieces, int pieceBytes) {
        return PieceGroups.piecesOf(new PieceGeometry((long) pieces * pieceBytes, pieceBytes), BYTES_MAX);
    }
}
