package io.darter.bench;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** The contents of a crash measurement: the same in every process that knows the seed, so that each can tell a wrong byte. */
final class CrashWorld {
    /** All of them are twice what the quota holds, so that there is always something to evict. */
    static final long QUOTA_BYTES = 12 << 20;

    private static final int PIECE_BYTES = 64 << 10;
    private static final List<Integer> SIZES = List.of(
            1, 60_000, 65_536, 65_537, 300_000, 700_000, 1 << 20, 1_500_001, 2 << 20, 2_400_000, 3 << 20, 3_333_333,
            900_000, 4 << 20);

    private final List<Content> contents = new ArrayList<>();

    /** One content with its true bytes. */
    record Content(int index, ContentKey key, PieceGeometry geometry, byte[] bytes) {
        byte[] piece(int piece) {
            int from = Math.toIntExact(geometry.offset(piece));
            return java.util.Arrays.copyOfRange(bytes, from, from + geometry.length(piece));
        }
    }

    CrashWorld(long seed) {
        for (int index = 0; index < SIZES.size(); index++) {
            byte[] bytes = new byte[SIZES.get(index)];
            new SplittableRandom(seed * 1_000 + index).nextBytes(bytes);
            ContentKey key = ContentKey.ofSha256Hex(HexFormat.of().formatHex(sha256(bytes)));
            contents.add(new Content(index, key, new PieceGeometry(bytes.length, PIECE_BYTES), bytes));
        }
    }

    List<Content> contents() {
        return contents;
    }

    Content get(int index) {
        return contents.get(index);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
