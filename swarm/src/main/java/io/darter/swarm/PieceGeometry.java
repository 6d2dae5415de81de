package io.darter.swarm;

/** How a content of {@code sizeBytes} is cut: pieces of {@code pieceBytes}, the last one shorter. */
public record PieceGeometry(long sizeBytes, int pieceBytes) {
    /** A PiB by the piece size rule. Whoever names a size makes others keep some bytes for each piece: no more than this. */
    private static final long PIECES_MAX = 1 << 20;

    public PieceGeometry {
        if (sizeBytes < 0 || pieceBytes < 1) {
            throw new IllegalArgumentException("not a geometry: size " + sizeBytes + ", piece " + pieceBytes);
        }
        if (sizeBytes / pieceBytes >= PIECES_MAX) {
            throw new IllegalArgumentException("too many pieces: size " + sizeBytes + ", piece " + pieceBytes);
        }
    }

    /** Number of pieces; 0 for an empty content. */
    public int pieces() {
        return Math.toIntExact((sizeBytes + pieceBytes - 1) / pieceBytes);
    }

    /** Offset of the piece's first byte. */
    public long offset(int piece) {
        return (long) checked(piece) * pieceBytes;
    }

    /** Length of the piece in bytes. */
    public int length(int piece) {
        return (int) Math.min(pieceBytes, sizeBytes - offset(piece));
    }

    /** Bytes of all pieces of the run. */
    public long bytes(PieceRun run) {
        return offset(run.last()) + length(run.last()) - offset(run.first());
    }

    /** The piece that holds the byte at {@code offset}. */
    public int pieceAt(long offset) {
        if (offset < 0 || offset >= sizeBytes) {
            throw new IndexOutOfBoundsException("offset " + offset + " of " + sizeBytes);
        }
        return (int) (offset / pieceBytes);
    }

    private int checked(int piece) {
        if (piece < 0 || piece >= pieces()) {
            throw new IndexOutOfBoundsException("piece " + piece + " of " + pieces());
        }
        return piece;
    }
}
