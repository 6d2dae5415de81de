package io.darter.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A registry for one image that counts what leaves it. Speaks as much of the registry protocol as a pull needs. */
public final class CountingOrigin implements AutoCloseable {
    private final GeneratedImage image;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong blobBytes = new AtomicLong();
    private final AtomicLong metaBytes = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger blobsInFlight = new AtomicInteger();
    private final AtomicInteger peakBlobsInFlight = new AtomicInteger();

    private CountingOrigin(GeneratedImage image, HttpServer server) {
        this.image = image;
        this.server = server;
    }

    /** On a free port of loopback. */
    public static CountingOrigin start(GeneratedImage image) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 256);
        var origin = new CountingOrigin(image, server);
        server.setExecutor(origin.threads);
        server.createContext("/v2/", origin::answer);
        server.start();
        return origin;
    }

    /** What is counted, at one moment. */
    public record Counts(long blobBytes, long metaBytes, long requests, int peakBlobConnections) {}

    public Counts counts() {
        return new Counts(blobBytes.get(), metaBytes.get(), requests.get(), peakBlobsInFlight.get());
    }

    /** Host and port, as an image reference starts. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    public String reference() {
        return host() + "/" + image.repository() + ":" + image.tag();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var manifests = "/v2/" + image.repository() + "/manifests/";
            var blobs = "/v2/" + image.repository() + "/blobs/";
            if (path.equals("/v2/")) {
                answerMeta(exchange, 200, "application/json", "{}".getBytes(UTF_8));
            } else if (path.equals(manifests + image.tag()) || path.equals(manifests + image.manifestDigest())) {
                exchange.getResponseHeaders().set("Docker-Content-Digest", image.manifestDigest());
                answerMeta(exchange, 200, GeneratedImage.MANIFEST_TYPE, image.manifest());
            } else if (path.startsWith(blobs)) {
                answerBlob(exchange, path.substring(blobs.length()));
            } else {
                notFound(exchange, path.contains("/manifests/") ? "MANIFEST_UNKNOWN" : "NAME_UNKNOWN");
            }
        }
    }

    private void notFound(HttpExchange exchange, String code) throws IOException {
        var body = "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"this registry holds " + image.repository()
                + ":" + image.tag() + " only\"}]}";
        answerMeta(exchange, 404, "application/json", body.getBytes(UTF_8));
    }

    private void answerMeta(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        metaBytes.addAndGet(body.length);
    }

    private void answerBlob(HttpExchange exchange, String digest) throws IOException {
        var known = image.blobs().stream().anyMatch(blob -> blob.digest().equals(digest));
        if (!known) {
            notFound(exchange, "BLOB_UNKNOWN");
            return;
        }
        var file = image.file(digest);
        var size = Files.size(file);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/octet-stream");
        headers.set("Docker-Content-Digest", digest);
        headers.set("Accept-Ranges", "bytes");
        headers.set("ETag", "\"" + digest + "\"");
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Long.toString(size));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        var range = ByteRange.parse(exchange.getRequestHeaders().getFirst("Range"), size);
        switch (range) {
            case ByteRange.Whole() -> {
                exchange.sendResponseHeaders(200, size);
                send(exchange, file, 0, size);
            }
            case ByteRange.Part(var from, var length) -> {
                headers.set("Content-Range", "bytes " + from + "-" + (from + length - 1) + "/" + size);
                exchange.sendResponseHeaders(206, length);
                send(exchange, file, from, length);
            }
            case ByteRange.Outside() -> {
                headers.set("Content-Range", "bytes */" + size);
                exchange.sendResponseHeaders(416, -1);
            }
        }
    }

    private void send(HttpExchange exchange, Path file, long from, long length) throws IOException {
        peakBlobsInFlight.accumulateAndGet(blobsInFlight.incrementAndGet(), Math::max);
        var counted = true;
        try (var channel = FileChannel.open(file)) {
            var out = Channels.newChannel(exchange.getResponseBody());
            for (var sent = 0L; sent < length; ) {
                var chunk = Math.min(length - sent, 1 << 17);
                if (counted && sent + chunk == length) {
                    // Before the last bytes: the receiver may ask for the next range before this thread runs again
                    blobsInFlight.decrementAndGet();
                    counted = false;
                }
                var n = channel.transferTo(from + sent, chunk, out);
                if (n <= 0) {
                    throw new IOException(file + " is shorter than it was");
                }
                sent += n;
                blobBytes.addAndGet(n);
            }
        } finally {
            if (counted) {
                blobsInFlight.decrementAndGet();
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
