package io.darter.swarm.scheduling;

import io.darter.swarm.PieceGeometry;

/**
 * Contents of very many small pieces are leased, told of and handed on by aligned groups of four: a quarter of the messages. To
 * the swarm a group is one piece, though bytes are verified piece by piece all the same. Nobody is sent for part of a group
 * while whole ones are to be had: parts would never be together again further on, and each would cost messages of its own.
 */
final class PieceGroups {
    private static final int GROUP = 4;
    /** With fewer groups than these a swarm loses more time than the messages are worth. */
    private static final int GROUPS_MIN = 256;
    /** One bit for each group of 64 pieces: that of its first piece. */
    private static final long FIRSTS = 0x1111111111111111L;

    private PieceGroups() {}

    /**
     * How many pieces are a group: 1 or {@value #GROUP}.
     *
     * @param bytesMax of a group
     */
    static int piecesOf(PieceGeometry geometry, long bytesMax) {
        boolean small = (long) GROUP * geometry.pieceBytes() <= bytesMax;
        return small && geometry.pieces() >= GROUP * GROUPS_MIN ? GROUP : 1;
    }

    /**
     * Those of 64 pieces that are held together with all others of their group.
     *
     * @param held 64 pieces, of which the first is {@code 64 word}
     * @param pieces of the whole content; its last group may be shorter
     */
    static long whole(long held, int word, int pieces) {
        int left = pieces - (word << 6);
        long withoutEnd = left >= 64 ? held : held | (-1L << left);
        long two = withoutEnd & (withoutEnd >>> 1);
        long firsts = two & (two >>> 2) & FIRSTS;
        return firsts * ((1 << GROUP) - 1) & held;
    }

    /** The first piece of the group that the piece is in. */
    static int first(int piece, int group) {
        return piece - piece % group;
    }
}
