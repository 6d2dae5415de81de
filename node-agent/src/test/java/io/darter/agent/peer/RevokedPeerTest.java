package io.darter.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.RevokedPeers;
import io.darter.agent.identity.TestCluster;
import io.darter.agent.identity.TlsContexts;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.handler.ssl.SslContext;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes whose certificates were revoked, over real connections. */
class RevokedPeerTest {
    private static final TestCluster CLUSTER = new TestCluster();
    private static final ContentKey KEY = ContentKey.ofSha256Hex("7".repeat(64));
    private static final byte[] PARENT_KEY = new byte[32];
    private static final int PIECE_BYTES = 128 << 10;
    private static final int PIECES = 40;

    @TempDir
    Path folder = Path.of("replaced");

    private final Identity parent = CLUSTER.node("c1", "parent");
    private final Identity child = CLUSTER.node("c1", "child");

    @Test
    void whatARevokedChildIsReceivingIsCutAndItsNextRequestIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("identity"));
        RevokedPeers revoked = RevokedPeers.load(folder, InstantSource.system());
        byte[] content = new byte[PIECE_BYTES * PIECES];
        new Random(1).nextBytes(content);
        OneContentStore store =
                new OneContentStore(folder.resolve("content"), KEY, content, PIECE_BYTES, PieceMap.full(PIECES));
        SslContext serverTls = TlsContexts.peerServer(parent, revoked);
        SslContext clientTls = TlsContexts.peerClient(child);
        try (EventLoops loops = new EventLoops(1);
                PeerServer server = new PeerServer(
                        loops,
                        "127.0.0.1",
                        0,
                        new PeerSecurity.MutualTls(() -> serverTls, revoked),
                        new RateLimit(1 << 20, System::nanoTime),
                        "c1",
                        PeerServer.Shelf.of(store),
                        () -> List.of(PARENT_KEY),
                        InstantSource.system());
                NettyPieceClient client = new NettyPieceClient(
                        loops,
                        new PeerSecurity.MutualTls(() -> clientTls),
                        "c1",
                        RateLimit.unlimited(),
                        Patience.none(System::nanoTime))) {
            byte[] capability = Capability.issue(PARENT_KEY, KEY, child.node(), System.currentTimeMillis() + 60_000);
            PieceClient.Parent at = new PieceClient.Parent(parent.node(), "127.0.0.1", server.start(), capability);
            try (PieceBody body = client.fetch(at, KEY, new PieceRun(0, PIECES), content.length)) {
                assertTrue(body.read(ByteBuffer.allocate(1000)) > 0, "it is being served");
                assertTrue(revoked.add(List.of(new RevokedPeers.Entry(
                        child.certificate().getSerialNumber(),
                        child.node(),
                        child.certificate().getNotAfter().toInstant().toEpochMilli()))));
                server.partWithRevoked();
                assertThrows(TransferException.class, () -> {
                    ByteBuffer rest = ByteBuffer.allocate(content.length);
                    while (body.read(rest) >= 0) {
                        assertTrue(rest.hasRemaining());
                    }
                });
            }
            TransferException refused =
                    assertThrows(TransferException.class, () -> client.fetch(at, KEY, PieceRun.of(0), PIECE_BYTES));
            assertEquals(FailureReason.UNREACHABLE, refused.reason());
        }
        revoked.save();
        assertTrue(RevokedPeers.load(folder, InstantSource.system()).isRevoked(child.certificate()), "also later");
    }

    @Test
    void aRevocationIsKeptAsLongAsItsCertificateWouldCountAndNoLonger() throws Exception {
        Files.createDirectories(folder.resolve("identity"));
        long now = 1_000_000_000_000L;
        RevokedPeers revoked = RevokedPeers.load(folder, () -> java.time.Instant.ofEpochMilli(now));
        revoked.add(List.of(new RevokedPeers.Entry(child.certificate().getSerialNumber(), child.node(), now + 1_000)));
        revoked.save();
        long later = now + 2 * 3_600_000;
        assertTrue(RevokedPeers.load(folder, () -> java.time.Instant.ofEpochMilli(now + 2_000))
                .isRevoked(child.certificate()));
        assertFalse(RevokedPeers.load(folder, () -> java.time.Instant.ofEpochMilli(later))
                .isRevoked(child.certificate()));
    }
}
