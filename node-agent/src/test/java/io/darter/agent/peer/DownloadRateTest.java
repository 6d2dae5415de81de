package io.darter.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.origin.HttpOriginClient;
import io.darter.agent.origin.OriginNetwork;
import io.darter.agent.origin.Registries;
import io.darter.agent.task.ContentSource;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What downloadRate promises: so many bytes a second for this node, wherever they come from. */
@Timeout(60)
@ExtendWith(EventLoopsNeverWait.class)
class DownloadRateTest {
    private static final int MIB = 1 << 20;
    private static final int PIECES = 4;
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final byte[] PARENT_KEY = new byte[32];
    private static final NodeId CHILD = new NodeId("child");

    private final byte[] content = new byte[PIECES * MIB];
    private final RateLimit download = new RateLimit(MIB, System::nanoTime);
    private final EventLoops loops = new EventLoops(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    Path folder = Path.of("replaced");

    private Callable<PieceBody> fromOrigin = () -> {
        throw new IllegalStateException();
    };
    private Callable<PieceBody> fromPeer = fromOrigin;

    @BeforeEach
    void start() throws Exception {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        origin.setExecutor(threads);
        origin.createContext("/file", exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            try (exchange) {
                exchange.getResponseBody().write(content);
            } catch (java.io.IOException e) {
                // The client has enough.
            }
        });
        origin.start();
        open.add(() -> origin.stop(0));
        HttpOriginClient origins = new HttpOriginClient(
                new Registries(List.of()),
                new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator()),
                download::acquire,
                InstantSource.system());
        open.add(origins);
        URI url = URI.create("http://127.0.0.1:" + origin.getAddress().getPort() + "/file");
        ContentSource file = new ContentSource(KEY, content.length, "", true, url, "", "", "", "");
        fromOrigin = () -> origins.fetch(file, 0, content.length);

        PeerServer server = new PeerServer(
                loops,
                "127.0.0.1",
                0,
                new PeerSecurity.Plain(new NodeId("parent")),
                RateLimit.unlimited(),
                "c1",
                PeerServer.Shelf.of(
                        new OneContentStore(folder.resolve("content"), KEY, content, MIB, PieceMap.full(PIECES))),
                () -> List.of(PARENT_KEY),
                InstantSource.system());
        open.add(server);
        int port = server.start();
        NettyPieceClient peers = new NettyPieceClient(
                loops, new PeerSecurity.Plain(CHILD), "c1", download, Patience.none(System::nanoTime));
        open.add(peers);
        byte[] capability = Capability.issue(PARENT_KEY, KEY, CHILD, System.currentTimeMillis() + 60_000);
        PieceClient.Parent parent = new PieceClient.Parent(new NodeId("parent"), "127.0.0.1", port, capability);
        fromPeer = () -> peers.fetch(parent, KEY, new PieceRun(0, PIECES), content.length);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable it : open.reversed()) {
            it.close();
        }
        threads.shutdownNow();
        loops.close();
    }

    @Test
    void theRateHoldsTowardsAnOrigin() throws Exception {
        assertHolds(List.of(() -> read(fromOrigin, MIB)));
    }

    @Test
    void theRateHoldsTowardsAPeer() throws Exception {
        assertHolds(List.of(() -> read(fromPeer, MIB)));
    }

    @Test
    void originsAndPeersShareTheRate() throws Exception {
        assertHolds(List.of(() -> read(fromOrigin, MIB / 2), () -> read(fromPeer, MIB / 2)));
    }

    @Test
    void aRateThatIsTakenAwayHoldsNobodyAnyMore() throws Exception {
        long since = System.nanoTime();
        Future<Integer> all = threads.submit(() -> read(fromOrigin, content.length));
        Thread.sleep(200);
        download.set(0);
        assertEquals(content.length, all.get());
        double seconds = (System.nanoTime() - since) / 1e9;
        assertTrue(seconds < 2.5, "4 MiB took " + seconds + " s");
    }

    /** They read 1 MiB together, which may pass in a second; a burst is 50 ms of it. */
    private void assertHolds(List<Callable<Integer>> readers) throws Exception {
        long since = System.nanoTime();
        for (Future<Integer> read : threads.invokeAll(readers)) {
            assertEquals(MIB / readers.size(), read.get());
        }
        double seconds = (System.nanoTime() - since) / 1e9;
        assertTrue(seconds > 0.85 && seconds < 3, "1 MiB at 1 MiB/s took " + seconds + " s");
    }

    private static int read(Callable<PieceBody> from, int bytes) throws Exception {
        ByteBuffer part = ByteBuffer.allocateDirect(64 << 10);
        int left = bytes;
        try (PieceBody body = from.call()) {
            while (left > 0) {
                int count = body.pass(part, left, _ -> {});
                assertTrue(count > 0, left + " bytes did not come");
                left -= count;
            }
        }
        return bytes;
    }
}
