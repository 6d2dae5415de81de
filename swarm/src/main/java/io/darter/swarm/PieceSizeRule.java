package io.darter.swarm;

/**
 * The size of a content's pieces: 2^⌈log2(size/256)⌉ up to 4 MiB for contents of 128 MiB to 4 GiB, and
 * 2^⌈log2(size/1024)⌉ above. About 256 pieces keep a swarm within a few percent of the lower bound of
 * {@code M + ⌊log2 N⌋} piece times (Mundinger, Weber, Weiss, J. Scheduling 2008) without flooding the scheduler. Smaller
 * contents have fewer pieces, 2^⌈log2(size/64)⌉ within [128 KiB, 512 KiB]: what each piece costs the nodes' processors is
 * more there than what the bound gains (docs/decisions/0006).
 */
public final class PieceSizeRule {
    private static final int PIECE_BYTES_MIN = 128 << 10;
    private static final int SMALL_PIECE_BYTES_MAX = 512 << 10;
    private static final int PIECE_BYTES_MAX = 4 << 20;
    private static final long LARGE_BYTES = 4L << 30;

    private PieceSizeRule() {}

    /** Piece size in bytes for a content of {@code sizeBytes} (0 or more). */
    public static int pieceBytes(long sizeBytes) {
        if (sizeBytes > LARGE_BYTES) {
            return (int) Math.min(ceilPowerOfTwo((sizeBytes - 1) / 1024 + 1), 1 << 30);
        }
        int least = Math.clamp(ceilPowerOfTwo((sizeBytes + 63) / 64), PIECE_BYTES_MIN, SMALL_PIECE_BYTES_MAX);
        return Math.clamp(ceilPowerOfTwo((sizeBytes + 255) / 256), least, PIECE_BYTES_MAX);
    }

    private static long ceilPowerOfTwo(long value) {
        return value <= 1 ? 1 : Long.highestOneBit(value - 1) << 1;
    }
}
