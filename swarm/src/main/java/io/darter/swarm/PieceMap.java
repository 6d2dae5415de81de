package io.darter.swarm;

import java.util.Arrays;

/** A fixed number of pieces, each held or not. Mutable; callers synchronise. */
public final class PieceMap {
    private final int pieces;
    private final long[] words;
    private int count;

    /** No piece held. */
    public PieceMap(int pieces) {
        this.pieces = pieces;
        this.words = new long[(pieces + 63) >>> 6];
    }

    private PieceMap(int pieces, long[] words) {
        this.pieces = pieces;
        this.words = words;
        this.count = Arrays.stream(words).mapToInt(Long::bitCount).sum();
    }

    public static PieceMap full(int pieces) {
        PieceMap map = new PieceMap(pieces);
        for (int piece = 0; piece < pieces; piece++) {
            map.set(piece);
        }
        return map;
    }

    /**
     * The map whose bit {@code i} (little-endian bytes, lowest bit first) is piece {@code i}.
     *
     * @throws IllegalArgumentException if the length is not that of {@link #toBytes} or a bit beyond the end is set
     */
    public static PieceMap fromBytes(int pieces, byte[] bytes) {
        if (bytes.length != (pieces + 7) >>> 3) {
            throw new IllegalArgumentException("a map of " + pieces + " pieces is not " + bytes.length + " bytes");
        }
        long[] words = new long[(pieces + 63) >>> 6];
        for (int i = 0; i < bytes.length; i++) {
            words[i >>> 3] |= (bytes[i] & 0xffL) << ((i & 7) << 3);
        }
        if ((pieces & 63) != 0 && (words[words.length - 1] >>> (pieces & 63)) != 0) {
            throw new IllegalArgumentException("a bit beyond piece " + pieces + " is set");
        }
        return new PieceMap(pieces, words);
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[(pieces + 7) >>> 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (words[i >>> 3] >>> ((i & 7) << 3));
        }
        return bytes;
    }

    public PieceMap copy() {
        return new PieceMap(pieces, words.clone());
    }

    public boolean get(int piece) {
        checked(piece);
        return (words[piece >>> 6] & (1L << piece)) != 0;
    }

    /** True if the piece was not held before. */
    public boolean set(int piece) {
        checked(piece);
        long bit = 1L << piece;
        if ((words[piece >>> 6] & bit) != 0) {
            return false;
        }
        words[piece >>> 6] |= bit;
        count++;
        return true;
    }

    /** True if the piece was held before. */
    public boolean clear(int piece) {
        checked(piece);
        long bit = 1L << piece;
        if ((words[piece >>> 6] & bit) == 0) {
            return false;
        }
        words[piece >>> 6] &= ~bit;
        count--;
        return true;
    }

    /** The first piece from {@code from} on that is not held, or {@link #pieces()}. */
    public int nextClear(int from) {
        for (int word = from >>> 6; from < pieces && word < words.length; word++) {
            long clear = ~words[word];
            if (word == from >>> 6) {
                clear &= -1L << from;
            }
            if (clear != 0) {
                return Math.min(pieces, (word << 6) + Long.numberOfTrailingZeros(clear));
            }
        }
        return pieces;
    }

    /** Number of pieces held. */
    public int count() {
        return count;
    }

    /** Number of pieces there are. */
    public int pieces() {
        return pieces;
    }

    public boolean isFull() {
        return count == pieces;
    }

    /** 64 pieces at once: bit {@code i} of word {@code w} is piece {@code 64 w + i}. */
    public long word(int index) {
        return words[index];
    }

    public int wordCount() {
        return words.length;
    }

    private void checked(int piece) {
        if (piece < 0 || piece >= pieces) {
            throw new IndexOutOfBoundsException("piece " + piece + " of " + pieces);
        }
    }

    @Override
    public String toString() {
        return count + " of " + pieces + " pieces";
    }
}
