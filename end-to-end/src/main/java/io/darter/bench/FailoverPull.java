package io.darter.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One blob through one node's mirror, as a container runtime asks for it, and with nowhere else to go when that fails. */
public final class FailoverPull {
    private static final String REPOSITORY = "test/failover";
    private static final int SILENCE_MILLIS_MAX = 60_000;

    private final String node;
    private final String url;
    private final String digest;
    private final Thread thread;
    private volatile long bytes;
    private volatile String failure = "it has not ended";

    private FailoverPull(String node, String mirrorUrl, String registry, String digest) {
        this.node = node;
        this.digest = digest;
        this.url = mirrorUrl + "/v2/" + REPOSITORY + "/blobs/" + digest + "?ns=" + registry;
        this.thread = Thread.ofVirtual().name("pull").unstarted(this::run);
    }

    public static FailoverPull start(String node, String mirrorUrl, String registry, String digest) {
        FailoverPull pull = new FailoverPull(node, mirrorUrl, registry, digest);
        pull.thread.start();
        return pull;
    }

    private void run() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setConnectTimeout(5_000);
            connection.setReadTimeout(SILENCE_MILLIS_MAX);
            if (connection.getResponseCode() != 200) {
                failure = "the mirror answered " + connection.getResponseCode();
                return;
            }
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[64 << 10];
            long sum = 0;
            try (InputStream body = connection.getInputStream()) {
                for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                    sha256.update(buffer, 0, count);
                    sum += count;
                    bytes = sum;
                }
            }
            String got = "sha256:" + HexFormat.of().formatHex(sha256.digest());
            failure = got.equals(digest) ? "" : "the bytes have the digest " + got;
        } catch (IOException | NoSuchAlgorithmException e) {
            failure = e + " after " + bytes + " bytes";
        }
    }

    /** Handed over so far. */
    long bytes() {
        return bytes;
    }

    String node() {
        return node;
    }

    /** Why it did not end well, waiting for its end; empty if it did. */
    public String await(long untilNanos) throws InterruptedException {
        long leftMillis = (untilNanos - System.nanoTime()) / 1_000_000;
        thread.join(Math.max(1, leftMillis));
        return thread.isAlive() ? "not over in time, " + bytes + " bytes" : failure;
    }
}
