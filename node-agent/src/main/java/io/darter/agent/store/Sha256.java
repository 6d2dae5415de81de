package io.darter.agent.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256: the system's where there is one, else the runtime's own. */
public final class Sha256 {
    private Sha256() {}

    public static MessageDigest start() {
        return SystemSha256.start().orElseGet(Sha256::ofTheRuntime);
    }

    private static MessageDigest ofTheRuntime() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] of(byte[] bytes) {
        return start().digest(bytes);
    }
}
