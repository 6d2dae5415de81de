package io.darter.agent.peer;

import io.darter.agent.health.Patience;
import io.darter.agent.http.Handler;
import io.darter.agent.http.RateLimit;
import io.darter.agent.http.RawServer;
import io.darter.agent.identity.RevokedPeers;
import io.darter.agent.store.PieceStore;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Both ends of the peer protocol, after TLS. */
public final class PeerTargets implements Targets {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final byte[] PARENT_KEY = new byte[32];
    private static final long NEVER = Long.MAX_VALUE;
    private static final PieceStore STORE = store();

    private final RawServer server = new RawServer(PeerTargets::handler);

    @Override
    public List<Target> all() {
        String allowed = "Darter-Node: n1\r\nDarter-Capability: "
                + Base64.getUrlEncoder().encodeToString(Capability.issue(PARENT_KEY, KEY, new NodeId("n1"), NEVER));
        return List.of(
                Target.of("peer-answer", PeerTargets::answer)
                        .refusing(TransferException.class)
                        .withExamples(
                                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
                                "HTTP/1.1 00 OK\r\n\r\na", // a finding: it was waited for another status, for ever
                                "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n",
                                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
                        .withWords(
                                "HTTP/1.1 ",
                                "200 OK\r\n",
                                "Content-Length: ",
                                "Transfer-Encoding: chunked\r\n",
                                "\r\n\r\n"),
                Target.of("peer-have", PeerTargets::have)
                        .refusing(IllegalArgumentException.class)
                        .withExamples("2500\n1000\n1-2\n\u0003", "1000\n1000\n\n\u0001", "0\n1\n\n")
                        .withWords("\n", "1000", "-"),
                Target.of("peer-request", this::request)
                        .withExamples(
                                "GET /v1/content/" + KEY + "/pieces/1 HTTP/1.1\r\nHost: peer\r\n" + allowed
                                        + "\r\n\r\n",
                                "GET /v1/content/" + KEY + "/pieces/0-1 HTTP/1.1\r\n" + allowed + "\r\n\r\n",
                                "GET /v1/content/" + KEY + "/have HTTP/1.1\r\n" + allowed + "\r\n\r\n",
                                "GET /v1/content/" + KEY + "/digests/0-1 HTTP/1.1\r\n" + allowed + "\r\n\r\n",
                                "HEAD /v1/content/" + KEY + "/pieces/2-99 HTTP/1.0\r\n" + allowed + "\r\n\r\n",
                                "GET /v1/content/" + KEY + "/pieces/1-9 HTTP/1.1\r\nDarter-Capability: AAAA\r\n\r\n",
                                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")
                        .withWords(
                                "GET ",
                                "HEAD ",
                                "/v1/content/",
                                KEY.value(),
                                "/pieces/",
                                "/have",
                                "/digests/",
                                " HTTP/1.1\r\n",
                                allowed,
                                "\r\n\r\n",
                                "Expect: 100-continue\r\n",
                                "Transfer-Encoding: chunked\r\n",
                                "Connection: close\r\n",
                                "Content-Length: ")
                        .onOtherThreads()
                        // A connection's buffers and the virtual thread of each of its requests.
                        .mayAllocate(4 << 20));
    }

    /** A parent answers a request for ten bytes. */
    private static void answer(byte[] input) throws TransferException, InterruptedException {
        PieceClient.Parent parent = new PieceClient.Parent(new NodeId("n1"), "127.0.0.1", 4000, new byte[0]);
        EmbeddedChannel channel = new EmbeddedChannel();
        // Time stands still: a parent that says nothing because this machine is busy is no finding.
        PeerConnection connection =
                new PeerConnection(channel, parent, Optional.empty(), RateLimit.unlimited(), Patience.none(() -> 0));
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

    /** Three headers, one a line, and the map. */
    private static void have(byte[] input) {
        String[] parts = new String(input, StandardCharsets.ISO_8859_1).split("\n", 4);
        if (parts.length == 4) {
            HeldPieces.parse(parts[0], parts[1], parts[2], parts[3].getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** A child asks that shows its capability, or does not; peers without TLS say who they are in a header. */
    private void request(byte[] input) throws IOException, InterruptedException {
        server.send(input);
    }

    private static Handler handler() {
        return new PieceHandler(
                PeerServer.Shelf.of(STORE),
                new PeerGate(
                        "c1",
                        false,
                        RevokedPeers.none(),
                        () -> List.of(PARENT_KEY),
                        InstantSource.system(),
                        key -> false),
                bytes -> {});
    }

    private static PieceStore store() {
        try {
            Path file = Files.createTempFile("darter-fuzz", ".data");
            file.toFile().deleteOnExit();
            PieceMap verified = new PieceMap(3);
            verified.set(0);
            verified.set(1);
            return new OneContentStore(file, KEY, new byte[2500], 1000, verified);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
