package io.darter.link;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The right of one child to fetch one content from one parent until a time: 8 bytes of expiry (milliseconds since 1970,
 * big-endian), then HMAC-SHA256 of content, child and expiry under the parent's key. Schedulers issue it; the parent
 * recomputes it with the child's name from the child's certificate, so a stolen one is worthless to anybody else.
 */
public final class Capability {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    private static final int LENGTH = Long.BYTES + MAC_BYTES;

    private Capability() {}

    /**
     * The key that one parent verifies capabilities with; known to schedulers and that parent only.
     *
     * @param generation raised to void every capability the parent honours
     */
    public static byte[] parentKey(byte[] clusterKey, NodeId parent, int generation) {
        return hmac(clusterKey, "parent\n" + parent.value() + "\n" + generation);
    }

    /** @param expiryMillis on the appliance's wall clock */
    public static byte[] issue(byte[] parentKey, ContentKey content, NodeId child, long expiryMillis) {
        return ByteBuffer.allocate(LENGTH)
                .putLong(expiryMillis)
                .put(mac(parentKey, content, child, expiryMillis))
                .array();
    }

    /** False for anything that {@link #issue} did not make for this content and child, or whose time is over. */
    public static boolean valid(byte[] capability, byte[] parentKey, ContentKey content, NodeId child, long nowMillis) {
        if (capability.length != LENGTH) {
            return false;
        }
        long expiryMillis = ByteBuffer.wrap(capability).getLong();
        byte[] claimed = Arrays.copyOfRange(capability, Long.BYTES, LENGTH);
        boolean genuine = MessageDigest.isEqual(claimed, mac(parentKey, content, child, expiryMillis));
        return genuine && nowMillis < expiryMillis;
    }

    private static byte[] mac(byte[] parentKey, ContentKey content, NodeId child, long expiryMillis) {
        return hmac(parentKey, content.value() + '\n' + child.value() + '\n' + expiryMillis);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
