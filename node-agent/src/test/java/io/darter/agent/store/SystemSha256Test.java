package io.darter.agent.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SystemSha256Test {
    /** Whatever {@link Sha256} chose on this machine. */
    private final MessageDigest ours = Sha256.start();

    @Test
    void agreesWithTheRuntimeForEveryKindOfInput() throws Exception {
        MessageDigest runtime = MessageDigest.getInstance("SHA-256");
        for (int length : List.of(0, 1, 55, 56, 64, 16 << 10, (16 << 10) + 1, 200_000)) {
            byte[] bytes = new byte[length];
            new SplittableRandom(length).nextBytes(bytes);
            byte[] expected = runtime.digest(bytes);
            assertArrayEquals(expected, ours.digest(bytes), "array of " + length);
            ours.update(ByteBuffer.wrap(bytes));
            assertArrayEquals(expected, ours.digest(), "heap buffer of " + length);
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(length + 3).position(3).put(bytes).position(3);
            ours.update(direct.duplicate().limit(3 + length / 2));
            ours.update(direct.position(3 + length / 2));
            assertArrayEquals(expected, ours.digest(), "direct buffer of " + length);
        }
    }
}
