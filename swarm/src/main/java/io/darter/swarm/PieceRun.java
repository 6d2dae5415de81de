package io.darter.swarm;

/** Consecutive pieces of one content: {@code count} of them from index {@code first}; never empty. */
public record PieceRun(int first, int count) {
    public PieceRun {
        if (first < 0 || count < 1 || first + count < 0) {
            throw new IllegalArgumentException("not a run of pieces: first " + first + ", count " + count);
        }
    }

    /** The run of this single piece. */
    public static PieceRun of(int piece) {
        return new PieceRun(piece, 1);
    }

    /** Index of the last piece, inclusive. */
    public int last() {
        return first + count - 1;
    }

    /** Index after the last piece. */
    public int end() {
        return first + count;
    }

    public boolean contains(int piece) {
        return piece >= first && piece < end();
    }
}
