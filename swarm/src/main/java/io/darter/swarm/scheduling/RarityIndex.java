package io.darter.swarm.scheduling;

import io.darter.swarm.PieceMap;

/**
 * The pieces of one content by how many nodes hold them or are about to. Counts fall into levels, exact for few copies
 * and about a quarter apart for many, and each level is a bitset: the rarest piece of any set of pieces is found by and-ing words.
 */
final class RarityIndex {
    private static final int EXACT = 8;
    private static final int STEPS = 4;

    private final int words;
    private final int[] copies;
    private final byte[] levelOf;
    private final long[][] levels = new long[EXACT + STEPS * 28][];
    private final int[] sizes = new int[levels.length];
    private int topLevel;

    RarityIndex(int pieces) {
        this.words = (pieces + 63) >>> 6;
        this.copies = new int[pieces];
        this.levelOf = new byte[pieces];
        levels[0] = new long[words];
        for (int piece = 0; piece < pieces; piece++) {
            levels[0][piece >>> 6] |= 1L << piece;
        }
        sizes[0] = pieces;
    }

    void add(int piece, int delta) {
        copies[piece] += delta;
        int to = level(copies[piece]);
        int from = levelOf[piece];
        if (to == from) {
            return;
        }
        if (levels[to] == null) {
            levels[to] = new long[words];
        }
        topLevel = Math.max(topLevel, to);
        levels[from][piece >>> 6] &= ~(1L << piece);
        levels[to][piece >>> 6] |= 1L << piece;
        sizes[from]--;
        sizes[to]++;
        levelOf[piece] = (byte) to;
    }

    /** Nodes that hold the piece or are about to. */
    int copies(int piece) {
        return copies[piece];
    }

    /** Whether one of these pieces is on the level of so many copies or below. */
    boolean anyOf(PieceMap of, int copiesMax) {
        int most = Math.min(topLevel, level(copiesMax));
        for (int level = 0; level <= most; level++) {
            if (sizes[level] > 0) {
                long[] members = levels[level];
                for (int word = 0; word < words; word++) {
                    if ((members[word] & of.word(word)) != 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    int levelOf(int piece) {
        return levelOf[piece];
    }

    /**
     * The rarest of the given pieces.
     *
     * @param of bitset, at least one bit set
     * @param turn any number; pieces of one level are looked through from a place that it decides
     */
    int rarest(long[] of, int turn) {
        int start = Math.floorMod(turn, words);
        for (int level = 0; level <= topLevel; level++) {
            if (sizes[level] == 0) {
                continue;
            }
            long[] members = levels[level];
            for (int i = 0; i < words; i++) {
                int word = start + i < words ? start + i : start + i - words;
                long bits = members[word] & of[word];
                if (bits != 0) {
                    int shift = turn >>> 8;
                    return (word << 6) + ((Long.numberOfTrailingZeros(Long.rotateRight(bits, shift)) + shift) & 63);
                }
            }
        }
        throw new IllegalArgumentException("no piece given");
    }

    private static int level(int copies) {
        if (copies < EXACT) {
            return copies;
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(copies);
        return EXACT + (exponent - 3) * STEPS + ((copies >>> (exponent - 2)) & 3);
    }
}
