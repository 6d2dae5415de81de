package io.darter.agent.peer;

import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.HttpServer;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.http.RateLimit;
import io.darter.agent.store.MemoryPieceStore;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.swarm.NodeId;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Both ends of the peer protocol, after TLS. */
public final class PeerTargets implements Targets {
    private static final String KEY = "sha256-" + "ab".repeat(32);

    private @Nullable Path socket;

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("peer-answer", PeerTargets::answer)
                        .refusing(TransferException.class)
                        .withExamples(
                                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
                                "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
                                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
                        .withWords(
                                "HTTP/1.1 ",
                                "200 OK\r\n",
                                "Content-Length: ",
                                "Transfer-Encoding: chunked\r\n",
                                "\r\n\r\n"),
                Target.of("peer-request", this::request)
                        .withExamples(
                                "GET /v1/content/" + KEY + "/pieces/1 HTTP/1.1\r\nHost: peer\r\n\r\n",
                                "GET /v1/content/" + KEY + "/pieces/1-9 HTTP/1.1\r\nDarter-Capability: AAAA\r\n\r\n",
                                "HEAD /v1/content/" + KEY + "/have HTTP/1.0\r\n\r\n",
                                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")
                        .withWords(
                                "GET ",
                                "/v1/content/",
                                KEY,
                                "/pieces/",
                                "/have",
                                " HTTP/1.1\r\n",
                                "\r\n\r\n",
                                "Content-Length: ")
                        .onOtherThreads()
                        // A connection's buffers and the virtual thread of each of its requests.
                        .mayAllocate(4 << 20));
    }

    /** A parent answers a request for ten bytes. */
    private static void answer(byte[] input) throws TransferException, InterruptedException {
        PieceClient.Parent parent = new PieceClient.Parent(new NodeId("n1"), "127.0.0.1", 4000, new byte[0]);
        EmbeddedChannel channel = new EmbeddedChannel();
        PeerConnection connection =
                new PeerConnection(channel, parent, Optional.empty(), RateLimit.unlimited(), System::nanoTime);
        try {
            channel.pipeline().addLast(new HttpClientCodec(PeerConnector.LIMITS, false, false), connection);
            PeerAnswer answer = connection.request("/x", new byte[0], 10);
            channel.runPendingTasks();
            channel.writeInbound(Unpooled.wrappedBuffer(input));
            channel.close();
            channel.runPendingTasks();
            try (answer) {
                answer.awaitStatus();
                ByteBuffer body = ByteBuffer.allocate(10);
                while (body.hasRemaining() && answer.read(body) >= 0) {
                    // To the end, or until it is enough.
                }
            }
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    /** A child asks; nothing of what it says may keep the connection from being answered and closed. */
    private void request(byte[] input) throws IOException {
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(server()));
            ByteBuffer bytes = ByteBuffer.wrap(input);
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
            client.shutdownOutput();
            ByteBuffer answer = ByteBuffer.allocate(16 << 10);
            while (client.read(answer.clear()) >= 0) {
                String text =
                        new String(answer.array(), 0, answer.position(), java.nio.charset.StandardCharsets.ISO_8859_1);
                if (text.contains("HTTP/1.1 500")) {
                    throw new AssertionError("a request that the server fails on: " + text);
                }
            }
        }
    }

    private synchronized Path server() throws IOException {
        Path known = socket;
        if (known != null) {
            return known;
        }
        Path path = Files.createTempDirectory("darter-fuzz").resolve("peer.sock");
        PeerGate gate = new PeerGate("c1", true, List::of, InstantSource.system());
        HttpServerSettings settings = HttpServerSettings.of(new Endpoint.Unix(path))
                .withTimes(Duration.ofSeconds(30), Duration.ofSeconds(30));
        HttpServer server = new HttpServer(
                "fuzzed", new EventLoops(1), settings, new PieceHandler(new MemoryPieceStore(), gate, bytes -> {}));
        try {
            server.start();
        } catch (io.darter.agent.errors.DarterException e) {
            throw new IOException(e);
        }
        socket = path;
        return path;
    }
}
