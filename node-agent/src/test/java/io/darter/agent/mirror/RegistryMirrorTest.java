package io.darter.agent.mirror;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.origin.HttpOriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.origin.OriginNetwork;
import io.darter.agent.origin.Registries;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTasks;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(EventLoopsNeverWait.class)
class RegistryMirrorTest {
    private static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private final byte[] layer = new byte[300_000];
    private final String layerDigest;
    private final byte[] manifest;
    private final byte[] index;
    private final HttpServer registry = create();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Desk desk = new Desk();
    private final Tasks tasks = new Tasks();
    private final EventLoops loops = new EventLoops(1);
    private final HttpOriginClient origin = new HttpOriginClient(
            new Registries(List.of()),
            new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator()),
            _ -> {},
            InstantSource.system());
    private final io.darter.agent.http.HttpServer mirror = new io.darter.agent.http.HttpServer(
            "mirror",
            loops,
            HttpServerSettings.of(new Endpoint.Tcp("mirror.port", "127.0.0.1", 0)),
            new RegistryMirror(new Registries(List.of()), origin, desk, tasks, InstantSource.system()));
    private final HttpClient client = HttpClient.newHttpClient();
    private int port;

    RegistryMirrorTest() {
        new Random(1).nextBytes(layer);
        layerDigest = Upstream.digest(layer);
        manifest = ("{\"mediaType\":\"" + IMAGE + "\",\"config\":{\"digest\":\"sha256:" + "c".repeat(64)
                        + "\",\"size\":7},\"layers\":[{\"digest\":\"" + layerDigest + "\",\"size\":" + layer.length
                        + "}]}")
                .getBytes(StandardCharsets.UTF_8);
        index = ("{\"manifests\":[{\"digest\":\"" + Upstream.digest(manifest) + "\",\"size\":1}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @BeforeEach
    void start() throws Exception {
        registry.createContext("/v2/a/b/manifests/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            String reference = exchange.getRequestURI().getPath().substring("/v2/a/b/manifests/".length());
            if (reference.equals("one") || reference.equals(Upstream.digest(manifest))) {
                answer(exchange, 200, IMAGE, manifest);
            } else if (reference.equals("many")) {
                answer(exchange, 200, INDEX, index);
            } else if (reference.startsWith("sha256:")) {
                answer(exchange, 200, IMAGE, "{}".getBytes(StandardCharsets.UTF_8));
            } else {
                answer(exchange, reference.equals("secret") ? 403 : 404, "text/plain", new byte[0]);
            }
        });
        registry.createContext("/v2/a/b/blobs/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            boolean here = exchange.getRequestURI().getPath().endsWith(layerDigest);
            exchange.getResponseHeaders().set("Content-Length", here ? Integer.toString(layer.length) : "0");
            exchange.sendResponseHeaders(here ? 200 : 404, -1);
            exchange.close();
        });
        registry.start();
        port = mirror.start();
    }

    @AfterEach
    void stop() {
        mirror.close();
        loops.close();
        origin.close();
        client.shutdownNow();
        registry.stop(0);
    }

    @Test
    void itIsARegistry() throws Exception {
        assertEquals(200, get("/v2/").statusCode());
        assertEquals(
                405, send("PUT", "/v2/a/b/manifests/one?ns=" + host(), Map.of()).statusCode());
    }

    @Test
    void aTagHasDigestLengthAndTypeByHeadAndIsAskedOnceForAll() throws Exception {
        HttpResponse<byte[]> head = send("HEAD", "/v2/a/b/manifests/one?ns=" + host(), Map.of("Accept", "*/*"));
        HttpResponse<byte[]> tag = get("/v2/a/b/manifests/one?ns=" + host());
        HttpResponse<byte[]> digest = get("/v2/a/b/manifests/" + Upstream.digest(manifest) + "?ns=" + host());

        assertEquals(Upstream.digest(manifest), header(head, "Docker-Content-Digest"));
        assertEquals(Integer.toString(manifest.length), header(head, "Content-Length"));
        assertEquals(IMAGE, header(head, "Content-Type"));
        assertArrayEquals(manifest, tag.body());
        assertArrayEquals(manifest, digest.body());
        assertEquals(1, asked.size(), asked.toString());
    }

    @Test
    void anImageIsAnnouncedWithItsBlobsUnderTheNameThatWasAskedFor() throws Exception {
        get("/v2/a/b/manifests/many?ns=" + host());
        assertTrue(desk.announced.isEmpty());
        get("/v2/a/b/manifests/" + Upstream.digest(manifest) + "?ns=" + host());

        assertEquals(List.of(host() + "/a/b:many 2"), desk.announced);
    }

    @Test
    void theFirstPartOfThePathCanNameTheRegistry() throws Exception {
        assertEquals(200, get("/v2/" + host() + "/a/b/manifests/one").statusCode());
    }

    @Test
    void aBlobOfAServedManifestComesWithoutAskingTheRegistryAgain() throws Exception {
        get("/v2/a/b/manifests/one?ns=" + host());
        HttpResponse<byte[]> blob = get(blobPath());

        assertEquals(200, blob.statusCode());
        assertArrayEquals(layer, blob.body());
        assertEquals(layerDigest, header(blob, "Docker-Content-Digest"));
        assertEquals(1, asked.size());
        assertEquals(List.of("https://" + host() + "/v2/a/b/blobs/" + layerDigest), tasks.urls);
    }

    @Test
    void aDigestAloneIsNoPermission() throws Exception {
        HttpResponse<byte[]> unknown = get("/v2/a/b/blobs/sha256:" + "0".repeat(64) + "?ns=" + host());
        assertEquals(404, unknown.statusCode());
        assertTrue(tasks.urls.isEmpty());

        HttpResponse<byte[]> known = get(blobPath());
        assertEquals(200, known.statusCode());
        assertEquals("HEAD /v2/a/b/blobs/" + layerDigest, asked.getLast());
    }

    @Test
    void rangesAreServedExactly() throws Exception {
        get("/v2/a/b/manifests/one?ns=" + host());
        assertRange("bytes=100-199", 206, 100, 200);
        assertRange("bytes=299990-", 206, 299_990, 300_000);
        assertRange("bytes=-10", 206, 299_990, 300_000);
        assertRange("bytes=0-", 200, 0, 300_000);
        assertRange("bytes=0-9,20-29", 200, 0, 300_000);
        HttpResponse<byte[]> beyond = send("GET", blobPath(), Map.of("Range", "bytes=300000-"));
        assertEquals(416, beyond.statusCode());
        assertEquals("bytes */300000", header(beyond, "Content-Range"));
    }

    @Test
    void refusalsOfTheRegistryArePassedOnWithoutAChallenge() throws Exception {
        HttpResponse<byte[]> denied = get("/v2/a/b/manifests/secret?ns=" + host());
        assertEquals(403, denied.statusCode());
        assertTrue(denied.headers().firstValue("WWW-Authenticate").isEmpty());
        String body = new String(denied.body(), StandardCharsets.UTF_8);
        assertTrue(body.contains("\"code\":\"DENIED\"") && body.contains("\"advice\""), body);
        assertEquals(404, get("/v2/a/b/manifests/none?ns=" + host()).statusCode());
    }

    @Test
    void aManifestWithOtherBytesThanItsDigestIsNotServed() throws Exception {
        assertEquals(
                503,
                get("/v2/a/b/manifests/sha256:" + "1".repeat(64) + "?ns=" + host())
                        .statusCode());
    }

    @Test
    void aFailureInTheMiddleCutsAndTheResumeIsRefused() throws Exception {
        get("/v2/a/b/manifests/one?ns=" + host());
        tasks.failAt = 100_000;
        assertThrows(IOException.class, () -> get(blobPath()));
        HttpResponse<byte[]> resume = send("GET", blobPath(), Map.of("Range", "bytes=100000-"));
        assertEquals(503, resume.statusCode());
    }

    @Test
    void namesThatAreNoneReachNothing() {
        for (String path : List.of(
                "/v2/a/../b/manifests/one",
                "/v2/a/%2e%2e/b/manifests/one",
                "/v2/a/b/manifests/..",
                "/v2/A/b/manifests/one",
                "/v2/a/b/blobs/latest",
                "/v2/a/b%0d%0a/manifests/one",
                "/v3/a/b/manifests/one")) {
            assertTrue(MirrorPath.parse(path, Optional.of("r.example")).isEmpty(), path);
        }
        for (String ns : List.of("r.example/x", "r.example\r\nX: y", "user@r.example", "r..example", "")) {
            Optional<MirrorPath> parsed = MirrorPath.parse("/v2/a/b/manifests/one", Optional.of(ns));
            assertFalse(!ns.isEmpty() && parsed.isPresent(), ns);
        }
        assertEquals(
                Optional.of(new MirrorPath.Manifest(new MirrorPath.Repository("docker.io", "library/nginx"), "latest")),
                MirrorPath.parse("/v2/nginx/manifests/latest", Optional.of("registry-1.docker.io")));
    }

    // ---- the parts ----

    private void assertRange(String range, int status, int from, int to) throws Exception {
        HttpResponse<byte[]> part = send("GET", blobPath(), Map.of("Range", range));
        assertEquals(status, part.statusCode(), range);
        assertArrayEquals(Arrays.copyOfRange(layer, from, to), part.body(), range);
        if (status == 206) {
            assertEquals("bytes " + from + "-" + (to - 1) + "/300000", header(part, "Content-Range"));
        }
    }

    private String blobPath() {
        return "/v2/a/b/blobs/" + layerDigest + "?ns=" + host();
    }

    private String host() {
        return "127.0.0.1:" + registry.getAddress().getPort();
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return send("GET", path, Map.of());
    }

    private HttpResponse<byte[]> send(String method, String path, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .method(method, HttpRequest.BodyPublishers.noBody());
        headers.forEach(request::header);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("WWW-Authenticate", "Negotiate");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try {
            exchange.getResponseBody().write(body);
        } finally {
            exchange.close();
        }
    }

    private static HttpServer create() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Keeps every good answer for ever. */
    private static final class Desk implements MetaDesk {
        private final Map<String, MetaResponse> kept = new ConcurrentHashMap<>();
        private final List<String> announced = new CopyOnWriteArrayList<>();

        @Override
        public MetaResponse get(String name, Duration fresh, Fetch fetch) throws DarterException, InterruptedException {
            MetaResponse response = kept.get(name);
            if (response == null) {
                response = fetch.fetch();
                if (response.status() == 200) {
                    kept.put(name, response);
                }
            }
            return response;
        }

        @Override
        public void announce(String task, String manifestDigest, List<ContentSource> contents) {
            announced.add(task + " " + contents.size());
        }
    }

    /** Has the layer. */
    private final class Tasks implements ContentTasks {
        private final List<String> urls = new CopyOnWriteArrayList<>();
        private volatile int failAt = Integer.MAX_VALUE;

        @Override
        public ContentTask startOrJoin(ContentSource source, String task, boolean live) {
            urls.add(source.url().toString());
            return new ContentTask() {
                @Override
                public ContentKey key() {
                    return source.key();
                }

                @Override
                public long sizeBytes() {
                    return layer.length;
                }

                @Override
                public void copyTo(ByteSink sink, long from, long to)
                        throws DarterException, IOException, InterruptedException {
                    int end = (int) Math.min(to, failAt);
                    sink.write(ByteBuffer.wrap(layer, (int) from, end - (int) from));
                    if (end < to) {
                        throw new DarterException(ErrorCode.NO_SOURCE, "Fetching", "all are gone", "Wait.");
                    }
                }
            };
        }
    }
}
