package io.darter.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP server on loopback for the files of one folder, with ranges; counts what leaves it. The end of a path is the
 * file's name, so that a file named by its digest is a blob of whatever repository.
 */
public final class FileOrigin implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})");

    private static final int CHUNK_BYTES = 16 << 10;

    private final Path folder;
    private final long bytesPerSecond;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong sentBytes = new AtomicLong();

    private long freeAtNanos = System.nanoTime();

    private FileOrigin(Path folder, long bytesPerSecond, HttpServer server) {
        this.folder = folder;
        this.bytesPerSecond = bytesPerSecond;
        this.server = server;
    }

    static FileOrigin start(Path folder) throws IOException {
        return start(folder, Long.MAX_VALUE);
    }

    /** @param bytesPerSecond of all connections together */
    public static FileOrigin start(Path folder, long bytesPerSecond) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 64);
        FileOrigin origin = new FileOrigin(folder, bytesPerSecond, server);
        server.setExecutor(origin.threads);
        server.createContext("/", origin::answer);
        server.start();
        return origin;
    }

    String url(Path file) {
        return "http://" + host() + "/" + file.getFileName();
    }

    /** Host and port, as an image reference starts. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    public long sentBytes() {
        return sentBytes.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Path file = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
            exchange.getResponseHeaders().set("ETag", "\"" + file.getFileName() + "\"");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            String header = exchange.getRequestHeaders().getFirst("Range");
            Matcher range = RANGE.matcher(header == null ? "" : header);
            int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
            int to = range.matches() ? Math.min(bytes.length, Integer.parseInt(range.group(2)) + 1) : bytes.length;
            if (range.matches()) {
                String part = "bytes " + from + "-" + (to - 1) + "/" + bytes.length;
                exchange.getResponseHeaders().set("Content-Range", part);
            }
            exchange.sendResponseHeaders(range.matches() ? 206 : 200, to - from);
            try (OutputStream out = exchange.getResponseBody()) {
                send(out, bytes, from, to);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(OutputStream out, byte[] bytes, int from, int to) throws IOException, InterruptedException {
        for (int at = from; at < to; at += CHUNK_BYTES) {
            int count = Math.min(CHUNK_BYTES, to - at);
            awaitTurn(count);
            out.write(bytes, at, count);
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
        TimeUnit.NANOSECONDS.sleep(waitNanos);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
