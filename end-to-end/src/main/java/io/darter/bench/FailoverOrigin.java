package io.darter.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A registry of blobs on loopback, at a bounded rate altogether; counts what leaves it, parts of broken answers too. */
final class FailoverOrigin implements AutoCloseable {
    static final String REPOSITORY = "test/failover";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,9})-(\\d{1,9})");
    private static final int CHUNK_BYTES = 16 << 10;

    private final HttpServer server;
    private final long bytesPerSecond;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final AtomicLong sentBytes = new AtomicLong();
    private long freeAtNanos = System.nanoTime();

    private FailoverOrigin(HttpServer server, long bytesPerSecond) {
        this.server = server;
        this.bytesPerSecond = bytesPerSecond;
    }

    static FailoverOrigin start(long bytesPerSecond) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 64);
        FailoverOrigin origin = new FailoverOrigin(server, bytesPerSecond);
        server.setExecutor(origin.threads);
        server.createContext("/v2/", origin::answer);
        server.start();
        return origin;
    }

    /** Host and port, as an image reference starts. */
    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    void hold(String digest, byte[] bytes) {
        blobs.put(digest, bytes);
    }

    long sentBytes() {
        return sentBytes.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] blob = blobs.get(path.substring(path.lastIndexOf('/') + 1));
            if (blob == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(blob.length));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            String header = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(header == null ? "" : header);
            boolean part = range.matches();
            int from = part ? Integer.parseInt(range.group(1)) : 0;
            int to = part ? Math.min(blob.length, Integer.parseInt(range.group(2)) + 1) : blob.length;
            if (part) {
                String shown = "bytes " + from + "-" + (to - 1) + "/" + blob.length;
                exchange.getResponseHeaders().set("Content-Range", shown);
            }
            exchange.sendResponseHeaders(part ? 206 : 200, to - from);
            send(exchange.getResponseBody(), blob, from, to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(OutputStream out, byte[] blob, int from, int to) throws IOException, InterruptedException {
        for (int at = from; at < to; at += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, to - at);
            awaitTurn(count);
            out.write(blob, at, count);
            out.flush();
            sentBytes.addAndGet(count);
        }
    }

    private void awaitTurn(int bytes) throws InterruptedException {
        long waitNanos;
        synchronized (this) {
            long now = System.nanoTime();
            freeAtNanos = Math.max(freeAtNanos, now) + bytes * 1_000_000_000L / bytesPerSecond;
            waitNanos = freeAtNanos - now;
        }
        Thread.sleep(waitNanos / 1_000_000, (int) (waitNanos % 1_000_000));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
