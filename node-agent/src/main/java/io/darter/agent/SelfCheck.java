package io.darter.agent;

import io.darter.agent.errors.DarterException;
import io.darter.agent.health.Patience;
import io.darter.agent.health.Traffic;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.NettyPieceClient;
import io.darter.agent.peer.PeerSecurity;
import io.darter.agent.peer.PeerServer;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.schedulerlink.Wanted;
import io.darter.agent.store.DiskPieceStore;
import io.darter.agent.store.Sha256;
import io.darter.agent.store.StoredContent;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.TaskParts;
import io.darter.agent.task.TaskRegistry;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's first transfer is from itself to itself: a few MiB over mTLS on loopback, each piece verified, stored on the
 * disk and read back. A certificate that does not serve, a disk that cannot be written or a wrong byte show here and in
 * the log, not in somebody's pull; and the code of the transfer path is compiled before somebody waits for it. It plays the
 * scheduler's part itself. Runs once, beside everything else; its failure is a warning, since a node that can only stream
 * from the origin is better than none.
 */
final class SelfCheck implements SchedulerDesk, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SelfCheck.class);
    /** Small pieces: what happens once for each of them happens often. */
    private static final PieceGeometry GEOMETRY = new PieceGeometry(8 << 20, 16 << 10);

    private static final long PATIENCE_MILLIS = 60_000;
    private static final String LOOPBACK = "127.0.0.1";

    private final Membership membership;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final byte[] capabilityKey = new byte[32];
    private final SplittableRandom random;
    private final PieceClient peers;
    private final DiskPieceStore shelf;
    private final DiskPieceStore target;
    private final TaskRegistry tasks;
    private final PeerServer server;
    private volatile String outcome = "running";
    private volatile int port;
    private volatile @Nullable Thread transfer;

    /** @param folder for itself alone */
    SelfCheck(
            Membership membership,
            EventLoops loops,
            OriginClient origin,
            Path folder,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.membership = membership;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = new SplittableRandom(nanoTime.getAsLong());
        new SecureRandom().nextBytes(capabilityKey);
        // Not the agent's own client and server: a configured rate must not slow this down, nor this count as traffic.
        peers = new NettyPieceClient(
                loops,
                new PeerSecurity.MutualTls(membership::peerClientTls),
                membership.cluster(),
                RateLimit.unlimited(),
                new Patience(nanoTime));
        shelf = new DiskPieceStore(folder.resolve("shelf"), 4 * GEOMETRY.sizeBytes(), clock);
        target = new DiskPieceStore(folder.resolve("target"), 4 * GEOMETRY.sizeBytes(), clock);
        tasks = new TaskRegistry(new TaskParts(target, peers, origin, this, new Traffic(), nanoTime));
        server = new PeerServer(
                loops,
                LOOPBACK,
                0,
                new PeerSecurity.MutualTls(membership::peerServerTls),
                RateLimit.unlimited(),
                membership.cluster(),
                PeerServer.Shelf.of(shelf),
                () -> List.of(capabilityKey),
                clock);
    }

    /** running, passed, failed. */
    String outcome() {
        return outcome;
    }

    /** Begins; {@link #outcome} tells how it ends, which it does within a minute. */
    void start() {
        Thread started = Thread.ofVirtual().name("self-check").unstarted(this::run);
        transfer = started;
        started.start();
        Thread.ofVirtual().name("self-check patience").start(() -> {
            try {
                if (!started.join(Duration.ofMillis(PATIENCE_MILLIS))) {
                    started.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void run() {
        long startedNanos = nanoTime.getAsLong();
        try {
            transfer();
            outcome = "passed";
            long millis = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startedNanos);
            log.atInfo().addKeyValue("millis", millis).log("self-check passed");
        } catch (DarterException | IOException | RuntimeException | InterruptedException e) {
            outcome = "failed";
            log.atWarn().setCause(e).log("the self-check failed: this node may not be able to serve others");
        }
        try {
            close();
        } catch (IOException e) {
            log.atWarn().setCause(e).log("the self-check's files could not be closed");
        }
    }

    private void transfer() throws DarterException, IOException, InterruptedException {
        byte[] bytes = new byte[(int) GEOMETRY.sizeBytes()];
        random.nextBytes(bytes);
        ContentSource content = ContentSource.blob(
                URI.create("https://self.invalid/"),
                "",
                "",
                "sha256:" + HexFormat.of().formatHex(Sha256.of(bytes)),
                bytes.length);
        shelf.start();
        target.start();
        shelve(content.key(), bytes);
        port = server.start();
        tasks.startOrJoin(content, "self-check", true)
                .copyTo(part -> part.position(part.limit()), 0, GEOMETRY.sizeBytes());
        target.remove(content.key());
        shelf.remove(content.key());
    }

    private void shelve(ContentKey key, byte[] bytes) throws IOException {
        StoredContent shelved = shelf.open(key, GEOMETRY);
        for (int piece = 0; piece < GEOMETRY.pieces(); piece++) {
            try (StoredContent.PieceWriter writer = shelved.write(piece)) {
                writer.write(ByteBuffer.wrap(bytes, (int) GEOMETRY.offset(piece), GEOMETRY.length(piece)));
                writer.accept();
            }
        }
        shelved.commit();
    }

    /** Ends it, if it is not over. */
    @Override
    public void close() throws IOException {
        tasks.close();
        peers.close();
        server.close();
        target.close();
        shelf.close();
    }

    @Override
    public boolean linked() {
        return true;
    }

    @Override
    public void want(Wanted wanted) {
        if (wanted.held().isEmpty()) {
            ContentKey key = wanted.content().key();
            Thread.ofVirtual().name("self-check leases").start(() -> grantAll(key));
        }
    }

    private void grantAll(ContentKey key) {
        NodeId self = new NodeId(membership.node());
        byte[] capability = Capability.issue(capabilityKey, key, self, clock.millis() + PATIENCE_MILLIS);
        PieceClient.Parent parent = new PieceClient.Parent(self, LOOPBACK, port, capability);
        StoredContent shelved = shelf.find(key).orElseThrow();
        tasks.described(key, GEOMETRY.sizeBytes(), GEOMETRY.pieceBytes(), false);
        for (int piece = 0; piece < GEOMETRY.pieces(); piece++) {
            Lease lease = new Lease(piece + 1, key, PieceRun.of(piece), new Source.Peer(self), Long.MAX_VALUE);
            tasks.granted(new GrantedLease(lease, Optional.of(parent), shelved.pieceDigest(piece)));
        }
    }

    @Override
    public void leaseFailed(ContentKey key, long leaseId, FailureReason reason, String detail, int originStatus) {
        log.atWarn().addKeyValue("reason", reason).log("self-check: " + detail);
        Thread running = transfer;
        if (running != null) {
            running.interrupt(); // a real scheduler would find another parent
        }
    }

    @Override
    public void verified(ContentKey key, long leaseId, PieceRun run, long tookMicros, byte[] digests) {}

    @Override
    public void readerMoved(ContentKey key, int piece) {}

    @Override
    public void released(ContentKey key) {}

    @Override
    public void delivered(ContentKey key, long bytes) {}
}
