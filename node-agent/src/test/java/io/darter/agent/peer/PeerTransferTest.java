package io.darter.agent.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.TestCluster;
import io.darter.agent.identity.TlsContexts;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.handler.ssl.SslContext;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
@ExtendWith(EventLoopsNeverWait.class)
class PeerTransferTest {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int PIECES = 32;
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final byte[] PARENT_KEY = new byte[32];
    private static final TestCluster CLUSTER = new TestCluster();

    private final Identity parent = CLUSTER.node("c1", "parent");
    private final Identity child = CLUSTER.node("c1", "child");
    private final EventLoops loops = new EventLoops(1);
    private final byte[] content = new byte[PIECE_BYTES * PIECES - 1000];
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Set<ContentKey> openKeys = ConcurrentHashMap.newKeySet();

    @TempDir
    Path folder = Path.of("replaced");

    private @Nullable OneContentStore store;

    @BeforeEach
    void fill() {
        new Random(1).nextBytes(content);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable it : open.reversed()) {
            it.close();
        }
        loops.close();
    }

    @Test
    void aRunOfPiecesArrivesAsItIs() throws Exception {
        PeerServer server = server(parent, RateLimit.unlimited());
        int port = server.start();
        NettyPieceClient client = client(child, RateLimit.unlimited());

        byte[] bytes = fetch(client, to("parent", port, child), new PieceRun(3, 4));

        assertArrayEquals(Arrays.copyOfRange(content, 3 * PIECE_BYTES, 7 * PIECE_BYTES), bytes);
        assertEquals(4 * PIECE_BYTES, server.servedBytes());
    }

    @Test
    void manyRequestsShareOneConnectionAndAllArrive() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        NettyPieceClient client = client(child, RateLimit.unlimited());
        List<Callable<byte[]>> fetches = new ArrayList<>();
        for (int piece = 0; piece < PIECES; piece++) {
            PieceRun run = PieceRun.of(piece);
            fetches.add(() -> fetch(client, to("parent", port, child), run));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int offset = 0;
            for (Future<byte[]> fetched : threads.invokeAll(fetches)) {
                byte[] bytes = fetched.get();
                assertArrayEquals(Arrays.copyOfRange(content, offset, offset + bytes.length), bytes);
                offset += bytes.length;
            }
            assertEquals(content.length, offset);
        }
    }

    @Test
    void aPieceThatIsNotHeldIsMissing() throws Exception {
        PieceMap some = new PieceMap(PIECES);
        some.set(0);
        int port = server(parent, RateLimit.unlimited(), some).start();
        NettyPieceClient client = client(child, RateLimit.unlimited());

        assertFails(FailureReason.MISSING, () -> fetch(client, to("parent", port, child), PieceRun.of(1)));
        assertEquals(PIECE_BYTES, fetch(client, to("parent", port, child), PieceRun.of(0)).length);
    }

    @Test
    void anotherNodeAtTheParentsAddressIsRefused() throws Exception {
        int port = server(CLUSTER.node("c1", "impostor"), RateLimit.unlimited()).start();
        NettyPieceClient client = client(child, RateLimit.unlimited());

        TransferException refused =
                assertFails(FailureReason.UNREACHABLE, () -> fetch(client, to("parent", port, child), PieceRun.of(0)));
        assertTrue(String.valueOf(refused.getMessage()).contains("another node"), refused.getMessage());
    }

    @Test
    void aNodeOfAnotherClusterGetsNothing() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        Identity stranger = CLUSTER.node("c2", "child");
        NettyPieceClient client = new NettyPieceClient(
                loops,
                mutualTls(TlsContexts.peerClient(stranger)),
                "c1",
                RateLimit.unlimited(),
                Patience.none(System::nanoTime));
        open.add(client);

        assertFails(FailureReason.UNREACHABLE, () -> fetch(client, to("parent", port, child), PieceRun.of(0)));
    }

    @Test
    void withoutTlsTheCapabilityStillDecides() throws Exception {
        PeerServer server = new PeerServer(
                loops,
                "127.0.0.1",
                0,
                new PeerSecurity.Plain(parent.node()),
                RateLimit.unlimited(),
                "c1",
                PeerServer.Shelf.of(new OneContentStore(
                        folder.resolve("content"), KEY, content, PIECE_BYTES, PieceMap.full(PIECES))),
                () -> List.of(PARENT_KEY),
                InstantSource.system());
        open.add(server);
        int port = server.start();

        assertArrayEquals(
                Arrays.copyOf(content, PIECE_BYTES), fetch(plain(child), to("parent", port, child), PieceRun.of(0)));
        assertFails(FailureReason.UNREACHABLE, () -> fetch(plain(parent), to("parent", port, child), PieceRun.of(0)));
        assertFails(
                FailureReason.UNREACHABLE,
                () -> fetch(client(child, RateLimit.unlimited()), to("parent", port, child), PieceRun.of(0)));
    }

    @Test
    void aNodeSaysWhatItHoldsAndFetches() throws Exception {
        PieceMap some = new PieceMap(PIECES);
        some.set(3);
        int port = server(parent, RateLimit.unlimited(), some).start();

        PieceClient.Have have = client(child, RateLimit.unlimited()).have(to("parent", port, child), KEY);

        assertEquals(content.length, have.sizeBytes());
        assertEquals(PIECE_BYTES, have.pieceBytes());
        assertArrayEquals(some.toBytes(), have.pieces().toBytes());
        assertEquals(Optional.of(new PieceRun(5, 2)), have.fetching());
    }

    @Test
    void theDigestsOfHeldPiecesCanBeHad() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();

        byte[] digests =
                client(child, RateLimit.unlimited()).digests(to("parent", port, child), KEY, new PieceRun(7, 2));

        assertEquals(64, digests.length);
        assertEquals(7, digests[0]);
        assertEquals(8, digests[32]);
    }

    @Test
    void withoutACapabilityOnlyAnOpenContentIsServed() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        PieceClient.Parent at = new PieceClient.Parent(parent.node(), "127.0.0.1", port, new byte[0]);
        NettyPieceClient client = client(child, RateLimit.unlimited());

        assertFails(FailureReason.UNREACHABLE, () -> fetch(client, at, PieceRun.of(0)));
        openKeys.add(KEY);
        assertEquals(PIECE_BYTES, fetch(client, at, PieceRun.of(0)).length);
    }

    private NettyPieceClient plain(Identity identity) {
        NettyPieceClient client = new NettyPieceClient(
                loops,
                new PeerSecurity.Plain(identity.node()),
                "c1",
                RateLimit.unlimited(),
                Patience.none(System::nanoTime));
        open.add(client);
        return client;
    }

    @Test
    void aStolenOrExpiredCapabilityIsRefused() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        NettyPieceClient client = client(child, RateLimit.unlimited());
        Identity other = CLUSTER.node("c1", "other");
        byte[] expired = Capability.issue(PARENT_KEY, KEY, child.node(), 1);

        TransferException stolen =
                assertFails(FailureReason.UNREACHABLE, () -> fetch(client, to("parent", port, other), PieceRun.of(0)));
        TransferException old = assertFails(
                FailureReason.UNREACHABLE,
                () -> fetch(client, new PieceClient.Parent(parent.node(), "127.0.0.1", port, expired), PieceRun.of(0)));
        assertEquals(403, stolen.status());
        assertEquals(403, old.status());
    }

    @Test
    void aSilentParentIsGivenUpWithinASecondOrSo() throws Exception {
        PeerServer server = server(parent, new RateLimit(1000, System::nanoTime));
        int port = server.start();
        NettyPieceClient client = client(child, RateLimit.unlimited());
        long before = System.nanoTime();

        // 1000 bytes a second in chunks of 2 KiB: more than a second between two of them.
        assertFails(FailureReason.STALLED, () -> fetch(client, to("parent", port, child), PieceRun.of(0)));
        assertTrue(System.nanoTime() - before < 8_000_000_000L);
    }

    @Test
    void whoIsLateItselfWaitsLonger() throws Exception {
        Patience patience = new Patience(System::nanoTime);
        NettyPieceClient client = new NettyPieceClient(
                loops, mutualTls(TlsContexts.peerClient(child)), "c1", RateLimit.unlimited(), patience);
        open.add(client);
        int port = server(parent, new RateLimit(2000, System::nanoTime)).start();
        patience.wasDue(System.nanoTime() - 5_000_000_000L);
        CompletableFuture<byte[]> fetched = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                fetched.complete(fetch(client, to("parent", port, child), PieceRun.of(0)));
            } catch (Exception e) {
                fetched.completeExceptionally(e);
            }
        });
        // With 2000 bytes a second there is a second between two chunks, which is a stall else.
        assertThrows(TimeoutException.class, () -> fetched.get(3, TimeUnit.SECONDS));
    }

    @Test
    void aParentThatAcceptsAndSaysNothingIsUnreachableSoon() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            NettyPieceClient client = client(child, RateLimit.unlimited());
            long before = System.nanoTime();

            assertFails(
                    FailureReason.UNREACHABLE,
                    () -> fetch(client, to("parent", silent.getLocalPort(), child), PieceRun.of(0)));
            assertTrue(System.nanoTime() - before < 5_000_000_000L);
        }
    }

    @Test
    void aSlowTakerHoldsTheParentBackAndIsNotAStall() throws Exception {
        // More than the buffers of both ends and of the two sockets, which grow to 32 MiB and more.
        byte[] much = new byte[64 << 20];
        new Random(2).nextBytes(much);
        int pieces = much.length / PIECE_BYTES;
        PieceMap all = PieceMap.full(pieces);
        PeerServer server = server(
                parent,
                0,
                RateLimit.unlimited(),
                new OneContentStore(folder.resolve("much"), KEY, much, PIECE_BYTES, all));
        int port = server.start();
        NettyPieceClient client = client(child, RateLimit.unlimited());
        PieceRun whole = new PieceRun(0, pieces);
        try (PieceBody body = client.fetch(to("parent", port, child), KEY, whole, much.length)) {
            ByteBuffer first = ByteBuffer.allocate(1000);
            assertTrue(body.read(first) > 0);
            long before = System.nanoTime();
            while (System.nanoTime() - before < 1_500_000_000L) {
                Thread.onSpinWait();
                Thread.sleep(50);
            }
            assertTrue(server.servedBytes() < much.length, "all was sent to a reader that does not read");
            // One read may begin just below the bound.
            long queued = ((PeerAnswer) body).connection().queuedBytes();
            assertTrue(queued >= PeerConnection.QUEUED_BYTES_MAX, queued + " bytes wait here");
            assertTrue(queued < 2 * PeerConnection.QUEUED_BYTES_MAX, queued + " bytes wait here");
            byte[] rest = drain(body, much.length - first.position());
            assertArrayEquals(Arrays.copyOfRange(much, first.position(), much.length), rest);
        }
    }

    @Test
    void aBodyClosedEarlyDoesNoHarmToTheNextRequests() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        NettyPieceClient client = client(child, RateLimit.unlimited());
        PieceClient.Parent at = to("parent", port, child);
        client.fetch(at, KEY, new PieceRun(0, PIECES), content.length).close();
        client.fetch(at, KEY, PieceRun.of(0), PIECE_BYTES).close();

        assertArrayEquals(Arrays.copyOf(content, PIECE_BYTES), fetch(client, at, PieceRun.of(0)));
    }

    @Test
    void aKeptConnectionThatBrokeIsMadeAgainSilently() throws Exception {
        PeerServer first = server(parent, RateLimit.unlimited());
        int port = first.start();
        NettyPieceClient client = client(child, RateLimit.unlimited());
        fetch(client, to("parent", port, child), PieceRun.of(0));
        first.close();
        PeerServer second = serverAt(port);
        second.start();

        assertEquals(PIECE_BYTES, fetch(client, to("parent", port, child), PieceRun.of(1)).length);
    }

    @Test
    void aChildThatGoesAwayDoesNotCloseTheStoresFile() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        for (int i = 0; i < 20; i++) {
            NettyPieceClient client = client(child, RateLimit.unlimited());
            PieceBody body = client.fetch(to("parent", port, child), KEY, new PieceRun(0, PIECES), content.length);
            body.read(ByteBuffer.allocate(10_000 * i + 1));
            client.close();
            body.close();
        }
        assertTrue(store != null && store.file().isOpen());
    }

    @Test
    void theUploadRateHoldsAcrossConnections() throws Exception {
        int port = server(parent, new RateLimit(2 << 20, System::nanoTime)).start();
        List<Callable<byte[]>> fetches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            NettyPieceClient client = client(child, RateLimit.unlimited());
            PieceRun run = new PieceRun(i * 2, 2);
            fetches.add(() -> fetch(client, to("parent", port, child), run));
        }
        long before = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<byte[]> fetched : threads.invokeAll(fetches)) {
                assertEquals(2 * PIECE_BYTES, fetched.get().length);
            }
        }
        double seconds = (System.nanoTime() - before) / 1e9;
        assertTrue(seconds > 0.85 && seconds < 3, "2 MiB at 2 MiB/s took " + seconds + " s");
    }

    @Test
    void aPlainConnectionGetsNothing() throws Exception {
        int port = server(parent, RateLimit.unlimited()).start();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET /v1/content/x/have HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] answer = in.readNBytes(4);
            assertTrue(answer.length == 0 || answer[0] != 'H');
        }
    }

    // ---- the parts ----

    private PeerServer server(Identity identity, RateLimit upload) throws Exception {
        return server(identity, upload, PieceMap.full(PIECES));
    }

    private PeerServer server(Identity identity, RateLimit upload, PieceMap verified) throws Exception {
        OneContentStore files = new OneContentStore(folder.resolve("content"), KEY, content, PIECE_BYTES, verified);
        store = files;
        return server(identity, 0, upload, files);
    }

    private PeerServer serverAt(int port) throws Exception {
        return server(
                parent,
                port,
                RateLimit.unlimited(),
                new OneContentStore(folder.resolve("content"), KEY, content, PIECE_BYTES, PieceMap.full(PIECES)));
    }

    private PeerServer server(Identity identity, int port, RateLimit upload, OneContentStore files) throws Exception {
        PeerServer server = new PeerServer(
                loops,
                "127.0.0.1",
                port,
                mutualTls(TlsContexts.peerServer(identity)),
                upload,
                "c1",
                new PeerServer.Shelf(files, openKeys::contains, key -> Optional.of(new PieceRun(5, 2))),
                () -> List.of(PARENT_KEY),
                InstantSource.system());
        open.add(server);
        return server;
    }

    private NettyPieceClient client(Identity identity, RateLimit download) throws Exception {
        NettyPieceClient client = new NettyPieceClient(
                loops, mutualTls(TlsContexts.peerClient(identity)), "c1", download, Patience.none(System::nanoTime));
        open.add(client);
        return client;
    }

    private static PeerSecurity mutualTls(SslContext context) {
        return new PeerSecurity.MutualTls(() -> context);
    }

    private PieceClient.Parent to(String node, int port, Identity whose) {
        byte[] capability = Capability.issue(PARENT_KEY, KEY, whose.node(), System.currentTimeMillis() + 60_000);
        return new PieceClient.Parent(new io.darter.swarm.NodeId(node), "127.0.0.1", port, capability);
    }

    private byte[] fetch(PieceClient client, PieceClient.Parent at, PieceRun run) throws Exception {
        long end = Math.min(content.length, (long) run.end() * PIECE_BYTES);
        int length = (int) (end - (long) run.first() * PIECE_BYTES);
        try (PieceBody body = client.fetch(at, KEY, run, length)) {
            return drain(body, length);
        }
    }

    private static byte[] drain(PieceBody body, int length) throws Exception {
        ByteBuffer all = ByteBuffer.allocateDirect(length + 1);
        while (body.read(all) >= 0) {
            // Until the end.
        }
        byte[] bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }

    private static TransferException assertFails(FailureReason reason, Callable<?> fetch) {
        TransferException failure = assertThrows(TransferException.class, fetch::call);
        assertEquals(reason, failure.reason(), failure.getMessage());
        return failure;
    }
}
