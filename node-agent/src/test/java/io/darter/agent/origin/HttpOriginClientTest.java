package io.darter.agent.origin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.config.RegistrySettings;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.task.ContentSource;
import io.darter.swarm.ContentKey;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
@ExtendWith(EventLoopsNeverWait.class)
class HttpOriginClientTest {
    private final byte[] content = new byte[1 << 20];
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer origin = create();
    private final HttpServer store = create();
    private final EventLoops loops = new EventLoops(1);
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder = Path.of("replaced");

    @BeforeEach
    void start() {
        new Random(1).nextBytes(content);
        for (HttpServer server : List.of(origin, store)) {
            server.setExecutor(threads);
            server.start();
        }
    }

    @AfterEach
    void stop() {
        origin.stop(0);
        store.stop(0);
        threads.shutdownNow();
        loops.close();
    }

    @Test
    void aRangeArrivesAndIsCountedExactly() throws Exception {
        origin.createContext("/file", ranges());
        try (HttpOriginClient client = client()) {
            assertArrayEquals(Arrays.copyOfRange(content, 1000, 5000), fetch(client, file("/file", ""), 1000, 5000));
            assertEquals(4000, client.counters().contentBytes());
            assertEquals(1, client.counters().requests());
            assertEquals("GET /file bytes=1000-4999 identity", seen.getFirst());
        }
    }

    @Test
    void anOriginWithoutRangesIsReadFromItsStart() throws Exception {
        origin.createContext("/file", exchange -> answer(exchange, 200, content));
        try (HttpOriginClient client = client()) {
            assertArrayEquals(Arrays.copyOfRange(content, 1000, 5000), fetch(client, file("/file", ""), 1000, 5000));
            assertEquals(5000, client.counters().contentBytes());
        }
    }

    @Test
    void aChangedFileIsNoticed() throws Exception {
        origin.createContext("/etag", exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"new\"");
            answer(exchange, 200, content);
        });
        origin.createContext("/size", exchange -> answer(exchange, 200, new byte[10]));
        origin.createContext("/condition", exchange -> answer(exchange, 412, new byte[0]));
        try (HttpOriginClient client = client()) {
            for (String path : List.of("/etag", "/size", "/condition")) {
                assertEquals(
                        FailureReason.CHANGED,
                        failure(client, file(path, "\"old\"")).reason(),
                        path);
            }
        }
    }

    @Test
    void aRefusalKeepsItsStatus() throws Exception {
        origin.createContext("/file", exchange -> answer(exchange, 403, new byte[0]));
        try (HttpOriginClient client = client()) {
            TransferException refused = failure(client, file("/file", ""));
            assertEquals(FailureReason.ORIGIN_REFUSED, refused.reason());
            assertEquals(403, refused.status());
        }
    }

    @Test
    void aRedirectToAnotherHostDropsTheAuthorization() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "pw\n");
        origin.createContext("/v2/repo/blobs/x", exchange -> {
            if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
                answer(exchange, 401, new byte[0]);
                return;
            }
            exchange.getResponseHeaders()
                    .set("Location", url(store, "/object?signature=1").toString());
            answer(exchange, 307, new byte[0]);
        });
        store.createContext("/object", exchange -> {
            seen.add("authorization " + exchange.getRequestHeaders().getFirst("Authorization"));
            answer(exchange, 200, content);
        });
        RegistrySettings settings = new RegistrySettings(
                host(origin), false, Optional.empty(), "user", Optional.of(password), Optional.empty());
        try (HttpOriginClient client = client(settings)) {
            MetaResponse response = client.meta(
                    "GET", URI.create("https://" + host(origin) + "/v2/repo/blobs/x"), host(origin), "repo", Map.of());
            assertEquals(200, response.status());
            assertEquals(List.of("authorization null"), seen);
        }
    }

    @Test
    void aBearerTokenIsFetchedOnceAndUsedAgain() throws Exception {
        AtomicInteger tokens = new AtomicInteger();
        origin.createContext("/token", exchange -> {
            tokens.incrementAndGet();
            seen.add(exchange.getRequestURI().getQuery());
            answer(exchange, 200, "{\"token\":\"abc\",\"expires_in\":300}".getBytes(StandardCharsets.UTF_8));
        });
        origin.createContext("/v2/", exchange -> {
            if (!"Bearer abc".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.getResponseHeaders()
                        .set(
                                "WWW-Authenticate",
                                "Bearer realm=\"" + url(origin, "/token")
                                        + "\",service=\"the service\",scope=\"repository:a/b:pull\"");
                answer(exchange, 401, new byte[0]);
                return;
            }
            answer(exchange, 200, new byte[3]);
        });
        try (HttpOriginClient client = client()) {
            for (int i = 0; i < 3; i++) {
                URI url = URI.create("https://" + host(origin) + "/v2/a/b/manifests/" + i);
                assertEquals(
                        200,
                        client.meta("GET", url, host(origin), "a/b", Map.of()).status());
            }
            assertEquals(1, tokens.get());
            assertEquals("service=the service&scope=repository:a/b:pull", seen.getFirst());
            assertEquals(5, client.counters().requests());
        }
    }

    @Test
    void aTokenServiceOfStrangersIsNotAsked() throws Exception {
        URI registry = URI.create("https://registry.example.com/v2/");
        assertTrue(Challenge.mayAsk(URI.create("https://auth.example.com/token"), registry, false));
        assertFalse(Challenge.mayAsk(URI.create("http://auth.example.com/token"), registry, false));
        assertFalse(Challenge.mayAsk(URI.create("https://example.com.evil.net/token"), registry, false));
        assertFalse(Challenge.mayAsk(
                URI.create("https://b.co.uk/token"), URI.create("https://registry.a.co.uk/v2/"), false));
        assertFalse(Challenge.mayAsk(URI.create("http://127.0.0.1/token"), registry, false));

        origin.createContext("/v2/", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"https://evil.example/token\"");
            answer(exchange, 401, new byte[0]);
        });
        try (HttpOriginClient client = client()) {
            URI url = URI.create("https://" + host(origin) + "/v2/a/manifests/1");
            DarterException refused =
                    assertThrows(DarterException.class, () -> client.meta("GET", url, host(origin), "a", Map.of()));
            assertEquals(ErrorCode.ORIGIN_DENIED, refused.code());
        }
    }

    @Test
    void aBusyOriginIsAskedAgainAfterTheTimeItNames() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        origin.createContext("/file", exchange -> {
            if (asked.getAndIncrement() == 0) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                answer(exchange, 429, new byte[0]);
                return;
            }
            answer(exchange, 200, content);
        });
        try (HttpOriginClient client = client()) {
            long before = System.nanoTime();
            List<Duration> pauses = new ArrayList<>();
            try (PieceBody body = client.fetch(file("/file", ""), 0, content.length, pauses::add)) {
                assertArrayEquals(content, all(body, content.length));
            }
            assertTrue(System.nanoTime() - before >= 900_000_000L);
            assertEquals(List.of(Duration.ofSeconds(1)), pauses, "what the scheduler hears");
        }
    }

    @Test
    void plainHttpBeyondLoopbackIsRefusedWithAdvice() throws Exception {
        try (HttpOriginClient client = client()) {
            DarterException refused = assertThrows(
                    DarterException.class,
                    () -> client.meta("GET", URI.create("http://files.example/x"), "", "", Map.of()));
            assertTrue(refused.advice().contains("plainHttp: true"), refused.advice());
        }
    }

    @Test
    void aSilentOriginIsAStallAndABrokenAnswerIsUnreachable() throws Exception {
        origin.createContext("/silent", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 100);
            exchange.getResponseBody().flush();
            sleepWhileOpen(10_000);
        });
        origin.createContext("/broken", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 100);
            exchange.close();
        });
        try (HttpOriginClient client = client(Duration.ofMillis(700))) {
            assertEquals(
                    FailureReason.STALLED, failure(client, file("/silent", "")).reason());
            assertEquals(
                    FailureReason.UNREACHABLE,
                    failure(client, file("/broken", "")).reason());
        }
    }

    @Test
    void nothingIsReadFromTheNetworkThatNobodyTakes() throws Exception {
        AtomicLong written = new AtomicLong();
        long size = 256L << 20;
        origin.createContext("/big", exchange -> {
            exchange.sendResponseHeaders(200, size);
            byte[] chunk = new byte[64 << 10];
            for (long at = 0; at < size; at += chunk.length) {
                exchange.getResponseBody().write(chunk);
                written.addAndGet(chunk.length);
            }
        });
        ContentSource source = new ContentSource(
                ContentKey.ofSha256Hex("ab".repeat(32)), size, "", true, url(origin, "/big"), "", "", "", "");
        try (HttpOriginClient client = client()) {
            PieceBody body = client.fetch(source, 0, size);
            assertTrue(body.read(ByteBuffer.allocate(1000)) > 0);
            long before = -1;
            while (written.get() != before) {
                before = written.get();
                Thread.sleep(300);
            }
            assertTrue(written.get() < 16 << 20, "sent to nobody: " + written.get());
            body.close();
        }
    }

    @Test
    void whoIsHeldByTheRateDoesNotTakeTheOriginForSilent() throws Exception {
        origin.createContext("/file", ranges());
        // Each read of 64 KiB and more is held for longer than the origin may be silent.
        RateLimit download = new RateLimit(96 << 10, System::nanoTime);
        try (HttpOriginClient client = client(Duration.ofMillis(600), download)) {
            long since = System.nanoTime();
            assertArrayEquals(Arrays.copyOf(content, 192 << 10), fetch(client, file("/file", ""), 0, 192 << 10));
            assertTrue(System.nanoTime() - since > 1_800_000_000, "192 KiB at 96 KiB/s");
        }
    }

    @Test
    void manifestsAreNotHeldUp() throws Exception {
        origin.createContext("/words", exchange -> answer(exchange, 200, content));
        try (HttpOriginClient client = client(Duration.ofSeconds(30), new RateLimit(1, System::nanoTime))) {
            MetaResponse words = client.meta("GET", url(origin, "/words"), "", "", Map.of());
            assertArrayEquals(content, words.body());
        }
    }

    @Test
    void dockerHubIsAtItsOwnAddress() {
        Registries registries = new Registries(List.of());
        assertEquals("https://registry-1.docker.io", registries.baseUrl("docker.io"));
        assertEquals("docker.io", Registries.canonical("index.docker.io"));
        assertEquals("http://127.0.0.1:5000", registries.baseUrl("127.0.0.1:5000"));
        assertEquals("https://registry.example", registries.baseUrl("registry.example"));
    }

    // ---- the parts ----

    private HttpHandler ranges() {
        return exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + range + " "
                    + exchange.getRequestHeaders().getFirst("Accept-Encoding"));
            String[] ends = range.substring("bytes=".length()).split("-");
            int from = Integer.parseInt(ends[0]);
            int to = Integer.parseInt(ends[1]) + 1;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
            answer(exchange, 206, Arrays.copyOfRange(content, from, to));
        };
    }

    private ContentSource file(String path, String etag) {
        return new ContentSource(
                ContentKey.ofSha256Hex("ab".repeat(32)), content.length, "", true, url(origin, path), "", "", etag, "");
    }

    private static byte[] fetch(OriginClient client, ContentSource source, long from, long to) throws Exception {
        try (PieceBody body = client.fetch(source, from, to)) {
            return all(body, (int) (to - from));
        }
    }

    private static byte[] all(PieceBody body, int bytes) throws Exception {
        ByteBuffer all = ByteBuffer.allocate(bytes + 1);
        while (body.read(all) >= 0) {
            // Until the end.
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private TransferException failure(OriginClient client, ContentSource source) {
        return assertThrows(TransferException.class, () -> fetch(client, source, 0, content.length));
    }

    private static void sleepWhileOpen(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try {
            exchange.getResponseBody().write(body);
        } finally {
            exchange.close();
        }
    }

    private HttpOriginClient client(RegistrySettings... settings) {
        return client(Duration.ofSeconds(30), settings);
    }

    private HttpOriginClient client(Duration stall, RegistrySettings... settings) {
        return client(stall, RateLimit.unlimited(), settings);
    }

    private HttpOriginClient client(Duration stall, RateLimit download, RegistrySettings... settings) {
        OriginNetwork network = new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator());
        OriginHttp http = new OriginHttp(network, OriginConnector::resolve);
        return new HttpOriginClient(
                new Registries(List.of(settings)),
                http,
                download::acquire,
                InstantSource.system(),
                stall,
                Thread::sleep);
    }

    private static String host(HttpServer server) {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static URI url(HttpServer server, String path) {
        return URI.create("http://" + host(server) + path);
    }

    private static HttpServer create() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
