package io.darter.swarm;

/**
 * The identity of a content: {@code sha256-<64 lower-case hex digits>}, of the bytes where their digest is known,
 * else of the canonical URL and its validators.
 */
public record ContentKey(String value) implements Comparable<ContentKey> {
    private static final String PREFIX = "sha256-";
    private static final int LENGTH = PREFIX.length() + 64;

    public ContentKey {
        if (value.length() != LENGTH || !value.startsWith(PREFIX) || !isLowerHex(value)) {
            throw new IllegalArgumentException("not a content key (sha256-<64 hex digits>): " + value);
        }
    }

    /** The key of bytes with this SHA-256, given as 64 hex digits. */
    public static ContentKey ofSha256Hex(String hex) {
        return new ContentKey(PREFIX + hex);
    }

    /** The 64 hex digits. */
    public String hex() {
        return value.substring(PREFIX.length());
    }

    private static boolean isLowerHex(String value) {
        for (int i = PREFIX.length(); i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(ContentKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
