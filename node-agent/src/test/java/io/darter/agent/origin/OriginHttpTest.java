package io.darter.agent.origin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.http.EventLoops;
import io.darter.agent.peer.TransferException;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@ExtendWith(EventLoopsNeverWait.class)
class OriginHttpTest {
    private static final Duration STALL = Duration.ofSeconds(10);
    /** Longer than any test. */
    static final Duration KEPT = Duration.ofMinutes(5);

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String FIVE = OK + "Content-Length: 5\r\n\r\nabcde";

    private final EventLoops loops = new EventLoops(1);
    private final OriginHttp http = http(OriginConnector::resolve);

    @AfterEach
    void stop() {
        http.close();
        loops.close();
    }

    @Test
    void aConnectionIsKeptForTheNextRequest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(FIVE)) {
            for (int i = 0; i < 5; i++) {
                assertEquals("abcde", get(origin.url("/x")));
                until(() -> http.connections().idle() == 1);
            }
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void whoHasReadTheLastByteFindsTheConnectionAtOnce() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(FIVE)) {
            for (int i = 0; i < 300; i++) {
                OriginResponse answer = http.send(request("GET", origin.url("/x")), Optional.empty(), STALL);
                ByteBuffer five = ByteBuffer.allocate(5);
                while (five.hasRemaining()) {
                    assertTrue(answer.body().read(five) > 0);
                }
                answer.body().close();
            }
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void aConnectionIsKeptAsLongAsItsRequestSaysAndNoLonger() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(FIVE)) {
            OriginRequest once = new OriginRequest("GET", origin.url("/x"), Map.of(), Duration.ofMillis(1));
            assertEquals("abcde", text(http.send(once, Optional.empty(), STALL)));
            until(() -> http.connections().open() == 0);
            assertEquals("abcde", get(origin.url("/x")));
            assertEquals(2, origin.connections());
        }
    }

    @Test
    void requestsAtTheSameTimeHaveAConnectionEachAndOnlySoManyAreKept() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(OK + "Content-Length: 1000000\r\n\r\nabcde")) {
            List<OriginResponse> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(http.send(request("GET", origin.url("/x")), Optional.empty(), STALL));
            }
            assertEquals(3, origin.connections());
            answers.forEach(answer -> answer.body().close());
            until(() -> http.connections().open() == 0);
        }
        OriginPool pool = new OriginPool();
        EmbeddedChannel channel = new EmbeddedChannel();
        int kept = 0;
        for (int i = 0; i < 100; i++) {
            OriginPlace place = OriginPlace.of(URI.create("http://h" + i % 20 + "/"));
            kept += pool.keep(new OriginConnection(channel, place, pool)) ? 1 : 0;
        }
        assertEquals(OriginPool.IDLE_MAX, kept);
        channel.finishAndReleaseAll();
    }

    @Test
    void aKeptConnectionThatTheOriginClosesIsNoFailure() throws Exception {
        try (ScriptedOrigin origin = new ScriptedOrigin((request, out) -> {
            boolean silent = request % 2 == 1; // to the second request on each connection it closes without a word
            out.write((silent ? "" : FIVE).getBytes(StandardCharsets.ISO_8859_1));
            return !silent;
        })) {
            assertEquals("abcde", get(origin.url("/x")));
            until(() -> http.connections().idle() == 1);
            assertEquals("abcde", get(origin.url("/x")));
            assertEquals(2, origin.connections());
            assertEquals(3, origin.heads().size());
        }
        until(() -> http.connections().idle() == 0);
    }

    @Test
    void aFreshConnectionThatBreaksBeforeTheAnswerIsAFailure() throws Exception {
        try (ScriptedOrigin origin = new ScriptedOrigin((_, _) -> false)) {
            assertThrows(ConnectionBrokeException.class, () -> get(origin.url("/x")));
            assertEquals(1, origin.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                FIVE,
                OK + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
                OK + "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n3\r\ncde\r\n0\r\nTrailer: x\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + FIVE,
            })
    void everyWayToTellTheLengthIsUnderstoodAndKeepsTheConnection(String answer) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(answer)) {
            assertEquals("abcde", get(origin.url("/x")));
            until(() -> http.connections().idle() == 1);
            assertEquals("abcde", get(origin.url("/x")));
            assertEquals(1, origin.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "\r\nabcde",
                OK + "Connection: close\r\nContent-Length: 5\r\n\r\nabcde",
                "HTTP/1.0 200 OK\r\n\r\nabcde"
            })
    void aBodyMayEndWithItsConnection(String answer) throws Exception {
        try (ScriptedOrigin origin = new ScriptedOrigin((_, out) -> {
            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            return false;
        })) {
            assertEquals("abcde", get(origin.url("/x")));
            assertEquals("abcde", get(origin.url("/x")));
            assertEquals(2, origin.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD 200", "GET 204", "GET 304", "HEAD 404"})
    void someAnswersHaveNoBodyWhateverLengthTheyName(String asked) throws Exception {
        String[] words = asked.split(" ");
        String length = words[1].equals("204") ? "" : "Content-Length: 5\r\n";
        try (ScriptedOrigin origin = ScriptedOrigin.saying("HTTP/1.1 " + words[1] + " x\r\n" + length + "\r\n")) {
            for (int i = 0; i < 2; i++) {
                OriginResponse answer = http.send(request(words[0], origin.url("/x")), Optional.empty(), STALL);
                assertEquals(Integer.parseInt(words[1]), answer.status());
                assertEquals("", text(answer));
                until(() -> http.connections().idle() == 1);
            }
            assertEquals(1, origin.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "ICY/1.0 200 OK\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                OK + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                OK + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                OK + "Content-Length: -5\r\n\r\nabcde",
                OK + "Content-Length: abc\r\n\r\n",
                OK + "Transfer-Encoding: gzip\r\n\r\n",
                OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            })
    void whatIsNotAnAnswerIsRefused(String answer) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(answer)) {
            assertThrows(NotHttpException.class, () -> get(origin.url("/x")));
            until(() -> http.connections().open() == 0);
        }
    }

    @Test
    void anEndlessHeadIsRefused() throws Exception {
        String interim = "HTTP/1.1 102 Processing\r\n\r\n";
        for (String piece : List.of("X: " + "y".repeat(1000) + "\r\n", interim)) {
            try (ScriptedOrigin origin = new ScriptedOrigin((_, out) -> {
                out.write((piece.equals(interim) ? interim : OK).getBytes(StandardCharsets.ISO_8859_1));
                for (int i = 0; i < 10_000; i++) {
                    out.write(piece.getBytes(StandardCharsets.ISO_8859_1));
                }
                return true;
            })) {
                assertThrows(NotHttpException.class, () -> get(origin.url("/x")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "Content-Length: 6\r\n\r\nabcde",
                OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
                OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nno number\r\n"
            })
    void aBodyThatEndsEarlyIsAnErrorAfterWhatCame(String answer) throws Exception {
        try (ScriptedOrigin origin = new ScriptedOrigin((_, out) -> {
            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            return false;
        })) {
            OriginResponse response = http.send(request("GET", origin.url("/x")), Optional.empty(), STALL);
            ByteBuffer bytes = ByteBuffer.allocate(100);
            while (bytes.position() < 5) {
                assertTrue(response.body().read(bytes) > 0);
            }
            TransferException failure =
                    assertThrows(TransferException.class, () -> response.body().read(bytes));
            assertEquals(FailureReason.UNREACHABLE, failure.reason());
            response.body().close();
        }
    }

    @Test
    void noMoreWaitsForASlowReaderThanIsAllowedAndNothingIsLost() throws Exception {
        byte[] content = new byte[4 << 20];
        new Random(1).nextBytes(content);
        for (boolean chunked : new boolean[] {false, true}) {
            try (ScriptedOrigin origin = new ScriptedOrigin((_, out) -> send(content, chunked, out))) {
                OriginResponse response = http.send(request("GET", origin.url("/x")), Optional.empty(), STALL);
                ByteBuffer bytes = ByteBuffer.allocate(content.length + 1);
                try {
                    until(() -> response.body().queuedBytes() > 0);
                    for (int reads = 0; bytes.position() < content.length; reads++) {
                        if (reads < 20) {
                            Thread.sleep(10); // it would run ahead now
                        }
                        int queued = response.body().queuedBytes();
                        assertTrue(queued <= 2 * BodyQueue.BYTES_AHEAD_MAX, "ahead of the reader: " + queued);
                        bytes.limit(Math.min(bytes.capacity(), bytes.position() + 10_000));
                        assertTrue(response.body().read(bytes) > 0);
                    }
                    assertEquals(-1, response.body().read(bytes.limit(bytes.capacity())));
                } finally {
                    response.body().close();
                }
                assertArrayEquals(content, Arrays.copyOf(bytes.array(), content.length));
            }
        }
    }

    @Test
    void anOriginThatClosesLongBeforeASlowReaderHasTakenAllLosesNothing() throws Exception {
        byte[] content = new byte[1 << 20];
        new Random(1).nextBytes(content);
        try (ScriptedOrigin origin = new ScriptedOrigin((_, out) -> {
            send(content, false, out);
            return false;
        })) {
            OriginResponse response = http.send(request("GET", origin.url("/x")), Optional.empty(), STALL);
            ByteBuffer bytes = ByteBuffer.allocate(content.length);
            try {
                for (int reads = 0; bytes.hasRemaining(); reads++) {
                    if (reads % 50 == 0) {
                        Thread.sleep(50);
                    }
                    bytes.limit(Math.min(bytes.capacity(), bytes.position() + 10_000));
                    assertTrue(response.body().read(bytes) > 0);
                    bytes.limit(bytes.capacity());
                }
            } finally {
                response.body().close();
            }
            assertArrayEquals(content, bytes.array());
        }
    }

    private static boolean send(byte[] content, boolean chunked, OutputStream out) throws IOException {
        String length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + content.length;
        out.write((OK + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        int part = 700;
        for (int at = 0; chunked && at < content.length; at += part) {
            int count = Math.min(part, content.length - at);
            out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(content, at, count);
            out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        if (chunked) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        } else {
            out.write(content);
        }
        return true;
    }

    @Test
    void whoIsInterruptedLeavesNoConnectionBehind() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedOrigin origin = new ScriptedOrigin((_, _) -> {
            asked.countDown();
            Thread.sleep(10_000);
            return true;
        })) {
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    get(origin.url("/x"));
                } catch (Exception e) {
                    end.set(e);
                }
            });
            asked.await();
            asking.interrupt();
            asking.join();
            assertTrue(end.get() instanceof InterruptedException, String.valueOf(end.get()));
            until(() -> http.connections().open() == 0);
        }
    }

    @Test
    void anOriginThatSaysNothingIsGivenUpInTimeAndClosingEndsWhatWaits() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        try (ScriptedOrigin origin = new ScriptedOrigin((_, _) -> {
            asked.countDown();
            Thread.sleep(10_000);
            return true;
        })) {
            IOException late = assertThrows(
                    IOException.class,
                    () -> http.send(request("GET", origin.url("/x")), Optional.empty(), Duration.ofMillis(300)));
            assertEquals("no answer in time", late.getMessage());
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    asked.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                http.close();
            });
            assertThrows(ConnectionBrokeException.class, () -> get(origin.url("/x")));
            closing.join();
            assertThrows(IOException.class, () -> get(origin.url("/x")));
        }
    }

    @Test
    void theRequestIsWhatTheUrlSays() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.saying(FIVE)) {
            get(URI.create("http://user:pw@127.0.0.1:" + origin.port() + "/a%2Fb/../c?q=%20+&x=/#f"));
            get(URI.create("http://127.0.0.1:" + origin.port()));
            get(URI.create("http://127.0.0.1:" + origin.port() + "/\u00e4?\u00f6"));
            assertEquals(
                    "GET /a%2Fb/../c?q=%20+&x=/ HTTP/1.1\r\nHost: 127.0.0.1:" + origin.port() + "\r\n\r\n",
                    origin.heads().get(0));
            assertTrue(origin.heads().get(1).startsWith("GET / HTTP/1.1\r\n"));
            assertTrue(origin.heads().get(2).startsWith("GET /%C3%A4?%C3%B6 HTTP/1.1\r\n"));
        }
        OriginRequest literal = request("GET", URI.create("https://[::1]:443/x"));
        assertEquals("[::1]", literal.message().headers().get("Host"));
        assertEquals("::1", OriginPlace.of(literal.url()).host());
        URI url = URI.create("http://127.0.0.1/x");
        for (String value : List.of("a\r\nX: y", "a\nb", "\0", "\u2028")) {
            assertThrows(IllegalArgumentException.class, () -> new OriginRequest("GET", url, Map.of("X", value), KEPT));
        }
        assertThrows(IllegalArgumentException.class, () -> new OriginRequest("GET", url, Map.of("X: y", "z"), KEPT));
        assertThrows(
                IllegalArgumentException.class,
                () -> new OriginRequest("GET", URI.create("http://127.0.0.1:70000/x"), Map.of(), KEPT));
    }

    @Test
    void everyAddressOfANameIsTried() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), closedPort);
        try (ScriptedOrigin origin = ScriptedOrigin.saying(FIVE)) {
            InetSocketAddress somebody = new InetSocketAddress(InetAddress.getLoopbackAddress(), origin.port());
            try (OriginHttp both = http((_, _) -> List.of(nobody, somebody))) {
                assertEquals("abcde", text(both.send(request("GET", origin.url("/x")), Optional.empty(), STALL)));
            }
        }
        try (OriginHttp none = http((_, _) -> List.of(nobody))) {
            IOException refused = assertThrows(
                    IOException.class,
                    () -> none.send(request("GET", URI.create("http://x/")), Optional.empty(), STALL));
            assertEquals("connection refused by 127.0.0.1 port " + closedPort, refused.getMessage());
        }
        try (OriginHttp unknown = http((host, _) -> {
            throw new UnknownHostException(host);
        })) {
            IOException nowhere = assertThrows(
                    IOException.class,
                    () -> unknown.send(request("GET", URI.create("http://x.invalid/")), Optional.empty(), STALL));
            assertEquals("the name service knows no address of x.invalid", nowhere.getMessage());
        }
    }

    // ---- the parts ----

    private OriginHttp http(OriginConnector.Names names) {
        return new OriginHttp(new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator()), names);
    }

    private static OriginRequest request(String method, URI url) {
        return new OriginRequest(method, url, Map.of(), KEPT);
    }

    private String get(URI url) throws Exception {
        return text(http.send(request("GET", url), Optional.empty(), STALL));
    }

    static String text(OriginResponse response) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        try {
            while (response.body().read(bytes) >= 0) {
                // Until the end.
            }
        } finally {
            response.body().close();
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    static void until(BooleanSupplier is) throws InterruptedException {
        for (int i = 0; i < 1_000 && !is.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertTrue(is.getAsBoolean());
    }
}
