package io.darter.agent.peer;

import io.darter.agent.errors.DarterException;
import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.HttpServer;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.http.RateLimit;
import io.darter.agent.identity.RevokedPeers;
import io.darter.agent.store.PieceStore;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Serves verified pieces to other nodes: mTLS (if not set otherwise), and a capability for each content. */
public final class PeerServer implements AutoCloseable {
    private final HttpServer server;
    private final LongAdder served = new LongAdder();
    private final RevokedPeers revoked;

    /**
     * What is served.
     *
     * @param open what every node of the cluster may have
     * @param fetching what this node gets from the origin at the moment, of a content
     */
    public record Shelf(
            PieceStore store, Predicate<ContentKey> open, Function<ContentKey, Optional<PieceRun>> fetching) {
        /** Nothing of it is for everybody, and nothing is being fetched. */
        public static Shelf of(PieceStore store) {
            return new Shelf(store, key -> false, key -> Optional.empty());
        }
    }

    /**
     * @param bind literal address; {@code peer.bind}
     * @param port 0 = any free one
     * @param security with the context of {@code TlsContexts.peerServer}
     * @param upload all answers together
     * @param cluster whose nodes may ask
     * @param capabilityKeys the keys that capabilities may be made with; empty until the scheduler gave one
     * @param applianceClock capabilities expire on the appliance's clock
     */
    public PeerServer(
            EventLoops loops,
            String bind,
            int port,
            PeerSecurity security,
            RateLimit upload,
            String cluster,
            Shelf shelf,
            Supplier<List<byte[]>> capabilityKeys,
            InstantSource applianceClock) {
        HttpServerSettings settings = HttpServerSettings.of(new Endpoint.Tcp("peer.port", bind, port))
                .withUpload(upload)
                .withTimes(Duration.ofMinutes(10), Duration.ofSeconds(30));
        PeerGate gate = new PeerGate(
                cluster,
                security instanceof PeerSecurity.MutualTls,
                security.revoked(),
                capabilityKeys,
                applianceClock,
                shelf.open());
        revoked = security.revoked();
        if (security instanceof PeerSecurity.MutualTls(Supplier<SslContext> context, var _)) {
            settings = settings.withTls(context);
        }
        server = new HttpServer("peer", loops, settings, new PieceHandler(shelf, gate, served::add));
    }

    /** Listens from now on; returns the port. */
    public int start() throws DarterException {
        return server.start();
    }

    /** Piece bytes handed to the network since the start. */
    public long servedBytes() {
        return served.sum();
    }

    /** Answers being given to other nodes now. */
    public int uploads() {
        return server.running();
    }

    /** Ends the connections with nodes that were removed, whatever they are receiving. */
    public void partWithRevoked() {
        server.closeWhere(revoked::isRevoked);
    }

    /** Serves on until other nodes have what they were receiving from here; true if that came within the time. */
    public boolean drain(Duration most) throws InterruptedException {
        return server.drain(most);
    }

    @Override
    public void close() {
        server.close();
    }
}
