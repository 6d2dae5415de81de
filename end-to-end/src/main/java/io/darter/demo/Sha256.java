package io.darter.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every Java has. */
public final class Sha256 {
    private Sha256() {}

    static MessageDigest digester() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lower-case hex without a prefix. */
    public static String hexOf(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return hexOf(in);
        }
    }

    static String hexOf(InputStream in) throws IOException {
        var digester = digester();
        var chunk = new byte[1 << 18];
        for (var n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            digester.update(chunk, 0, n);
        }
        return HexFormat.of().formatHex(digester.digest());
    }

    public static String hexOf(byte[] bytes) {
        return HexFormat.of().formatHex(digester().digest(bytes));
    }
}
