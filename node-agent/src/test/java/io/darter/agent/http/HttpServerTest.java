package io.darter.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
@ExtendWith(EventLoopsNeverWait.class)
class HttpServerTest {
    private final EventLoops loops = new EventLoops(1);
    private @Nullable HttpServer server;

    @TempDir
    Path folder = Path.of("replaced");

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        loops.close();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        CountDownLatch firstMayEnd = new CountDownLatch(1);
        int port = start(exchange -> {
            if (exchange.path().equals("/1")) {
                assertTrue(firstMayEnd.await(10, TimeUnit.SECONDS));
            }
            answer(exchange, exchange.path() + exchange.query("q").orElse(""));
        });
        try (Socket socket = connect(port)) {
            send(
                    socket,
                    "GET /1 HTTP/1.1\r\n\r\nGET /2?q=%20x HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
            firstMayEnd.countDown();
            String all = read(socket);
            assertTrue(all.matches("(?s).*/1HTTP.*/2 xHTTP.*/3"), all);
        }
    }

    @Test
    void headHasTheLengthAndNoBody() throws Exception {
        int port = start(exchange -> answer(exchange, "hello"));
        try (Socket socket = connect(port)) {
            send(socket, "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
            String all = read(socket);
            assertTrue(all.contains("content-length: 5") && all.endsWith("\r\n\r\n"), all);
        }
    }

    @Test
    void aFailureBecomesAProblemWithItsFourParts() throws Exception {
        int port = start(_ -> {
            throw new DarterException(ErrorCode.CONTENT_NOT_FOUND, "Looking", "it is not there", "Look elsewhere.");
        });
        try (Socket socket = connect(port)) {
            send(socket, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
            String all = read(socket);
            assertTrue(all.startsWith("HTTP/1.1 404") && all.contains("application/problem+json"), all);
            assertTrue(all.contains("\"code\":\"CONTENT_NOT_FOUND\"") && all.contains("Look elsewhere."), all);
        }
    }

    @Test
    void aBodyBeyondOneMebibyteIsRefused() throws Exception {
        int port = start(exchange -> answer(exchange, "never"));
        try (Socket socket = connect(port)) {
            send(socket, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = new byte[64 << 10];
            for (int i = 0; i < 17; i++) {
                send(socket, "10000\r\n");
                socket.getOutputStream().write(chunk);
                send(socket, "\r\n");
            }
            send(socket, "0\r\n\r\n");
            String all = read(socket);
            assertTrue(all.startsWith("HTTP/1.1 413"), all);
        }
    }

    @Test
    void headersBeyondTheLimitAreRefused() throws Exception {
        int port = start(exchange -> answer(exchange, "never"));
        try (Socket socket = connect(port)) {
            send(socket, "GET / HTTP/1.1\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            assertTrue(read(socket).startsWith("HTTP/1.1 431"));
        }
    }

    @Test
    void aBodyThatEndsTooSoonCutsTheConnection() throws Exception {
        int port = start(exchange -> {
            exchange.start(200, Map.of(), 100);
            exchange.write(ByteBuffer.wrap(new byte[10]));
        });
        try (Socket socket = connect(port)) {
            send(socket, "GET / HTTP/1.1\r\n\r\n");
            assertTrue(read(socket).length() < 100 + 60);
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheWriterBackUntilItGoesAway() throws Exception {
        AtomicLong written = new AtomicLong();
        CountDownLatch interrupted = new CountDownLatch(1);
        int port = start(exchange -> {
            long size = 1L << 30;
            exchange.start(200, Map.of(), size);
            try {
                for (long at = 0; at < size; at += 1 << 20) {
                    exchange.write(ByteBuffer.allocate(1 << 20));
                    written.addAndGet(1 << 20);
                }
            } catch (InterruptedException | IOException e) {
                interrupted.countDown();
                throw e;
            }
        });
        Socket socket = connect(port);
        send(socket, "GET / HTTP/1.1\r\n\r\n");
        long before = -1;
        while (written.get() != before || before == 0) {
            before = written.get();
            Thread.sleep(300);
        }
        assertTrue(written.get() < 64 << 20, "written to nobody: " + written.get());
        socket.close();
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    void aHandlerThatWaitsIsInterruptedWhenTheClientGoesAway() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        int port = start(_ -> {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        Socket socket = connect(port);
        send(socket, "GET / HTTP/1.1\r\n\r\n");
        assertTrue(waiting.await(10, TimeUnit.SECONDS));
        socket.close();
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    void aFileRangeArrivesAndTheFileStaysOpen() throws Exception {
        byte[] bytes = new byte[3 << 20];
        new java.util.Random(1).nextBytes(bytes);
        Path path = Files.write(folder.resolve("file"), bytes);
        try (FileChannel file = FileChannel.open(path)) {
            int port = start(exchange -> {
                exchange.start(200, Map.of(), bytes.length - 100);
                exchange.writeFile(file, 100, bytes.length - 100);
            });
            for (int round = 0; round < 3; round++) {
                try (Socket socket = connect(port)) {
                    send(socket, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
                    byte[] all = socket.getInputStream().readAllBytes();
                    int body = bytes.length - 100;
                    assertTrue(java.util.Arrays.equals(bytes, 100, bytes.length, all, all.length - body, all.length));
                }
            }
            assertTrue(file.isOpen());
        }
    }

    @Test
    void aUnixSocketServesWithItsModeAndReplacesAStaleOne() throws Exception {
        Path path = folder.resolve("run/agent.sock");
        HttpServer first = new HttpServer(
                "control", loops, HttpServerSettings.of(new Endpoint.Unix(path)), exchange -> answer(exchange, "hi"));
        first.start();
        assertThrows(
                DarterException.class,
                () -> new HttpServer("control", loops, HttpServerSettings.of(new Endpoint.Unix(path)), _ -> {})
                        .start());
        server = first;
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(path));
            socket.write(ByteBuffer.wrap(
                    "GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            String all = new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(all.endsWith("hi"), all);
        }
    }

    @Test
    void aTakenPortIsNamedWithItsSetting() throws Exception {
        int port = start(exchange -> answer(exchange, ""));
        HttpServer second = new HttpServer(
                "mirror",
                loops,
                HttpServerSettings.of(new Endpoint.Tcp("mirror.port", "127.0.0.1", port)),
                exchange -> answer(exchange, ""));

        DarterException refused = assertThrows(DarterException.class, second::start);
        assertEquals(ErrorCode.PORT_IN_USE, refused.code());
        assertTrue(refused.tried().contains("mirror.port") && refused.tried().contains(Integer.toString(port)));
    }

    private int start(Handler handler) throws DarterException {
        server =
                new HttpServer("test", loops, HttpServerSettings.of(new Endpoint.Tcp("port", "127.0.0.1", 0)), handler);
        return server.start();
    }

    private static void answer(HttpExchange exchange, String text) throws IOException, InterruptedException {
        exchange.respond(200, Map.of("Content-Type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
