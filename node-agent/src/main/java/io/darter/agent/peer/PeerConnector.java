package io.darter.agent.peer;

import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.identity.CertificateName;
import io.darter.swarm.NodeId;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Connects to parents and makes sure that each is the node it should be. */
final class PeerConnector {
    private static final int CONNECT_MILLIS = 1_000;
    private static final String REVOKED = "its certificate was revoked";
    private static final int READ_BYTES_MAX = 128 << 10;

    /** How much of an answer's head is believed. */
    static final HttpDecoderConfig LIMITS = new HttpDecoderConfig()
            .setMaxInitialLineLength(4 << 10)
            .setMaxHeaderSize(16 << 10)
            .setMaxChunkSize(READ_BYTES_MAX);

    private final EventLoops loops;
    private final PeerSecurity security;
    private final String cluster;
    private final RateLimit download;
    private final Patience patience;

    PeerConnector(EventLoops loops, PeerSecurity security, String cluster, RateLimit download, Patience patience) {
        this.loops = loops;
        this.security = security;
        this.cluster = cluster;
        this.download = download;
        this.patience = patience;
    }

    /** Blocks for 2 s at most, or longer while this machine is late itself: 1 s to connect, 1 s for the TLS handshake. */
    PeerConnection connect(PieceClient.Parent parent) throws TransferException, InterruptedException {
        if (isRevoked(parent.node())) {
            throw unreachable(parent, REVOKED, null);
        }
        int millisMax = CONNECT_MILLIS + (int) TimeUnit.NANOSECONDS.toMillis(patience.extraNanos());
        Bootstrap bootstrap = new Bootstrap()
                .group(loops.group())
                .channel(loops.socketChannel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millisMax)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.RECVBUF_ALLOCATOR, readSizes())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (security instanceof PeerSecurity.MutualTls(Supplier<SslContext> context, var _)) {
                            SslHandler handler =
                                    context.get().newHandler(channel.alloc(), parent.host(), parent.port());
                            handler.setHandshakeTimeoutMillis(millisMax);
                            channel.pipeline().addLast(handler);
                        }
                    }
                });
        ChannelFuture connected = bootstrap.connect(parent.host(), parent.port());
        Channel channel = connected.channel();
        boolean good = false;
        try {
            await(connected, parent);
            if (security instanceof PeerSecurity.MutualTls) {
                proveIdentity(channel, parent);
            }
            PeerConnection connection = new PeerConnection(channel, parent, self(), download, patience);
            await(channel.eventLoop().submit(() -> startReading(channel, connection)), parent);
            good = true;
            return connection;
        } finally {
            if (!good) {
                channel.close();
            }
        }
    }

    /** It was removed from the cluster. */
    boolean isRevoked(NodeId node) {
        return security.revoked().isRevoked(node);
    }

    /** Two reads of a bounded size at a time: how far the network may run ahead of the taker. */
    private static AdaptiveRecvByteBufAllocator readSizes() {
        AdaptiveRecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(2048, 16 << 10, READ_BYTES_MAX);
        sizes.maxMessagesPerRead(2);
        return sizes;
    }

    private static void startReading(Channel channel, PeerConnection connection) {
        channel.pipeline()
                .addFirst(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object bytes) {
                        connection.progress(bytes instanceof ByteBuf buffer ? buffer.readableBytes() : 0);
                        context.fireChannelRead(bytes);
                    }
                })
                .addLast(new HttpClientCodec(LIMITS, false, false))
                .addLast(connection);
        connection.readOn();
    }

    /** How this node must present itself, where no certificate does. */
    private Optional<NodeId> self() {
        return security instanceof PeerSecurity.Plain(NodeId self, var _) ? Optional.of(self) : Optional.empty();
    }

    private void proveIdentity(Channel channel, PieceClient.Parent parent)
            throws TransferException, InterruptedException {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            throw unreachable(parent, "the connection broke at once", null);
        }
        await(handler.handshakeFuture(), parent);
        requireIdentity(handler, parent);
    }

    private void requireIdentity(SslHandler handler, PieceClient.Parent parent) throws TransferException {
        X509Certificate certificate;
        try {
            certificate = (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw unreachable(parent, "it showed no certificate", e);
        }
        CertificateName expected = new CertificateName.Node(cluster, parent.node());
        if (CertificateName.of(certificate).filter(expected::equals).isEmpty()) {
            throw unreachable(parent, "another node answers there", null);
        }
        if (security.revoked().isRevoked(certificate)) {
            throw unreachable(parent, REVOKED, null);
        }
    }

    private static void await(Future<?> future, PieceClient.Parent parent)
            throws TransferException, InterruptedException {
        future.await();
        if (!future.isSuccess()) {
            Throwable cause = future.cause();
            throw unreachable(parent, cause == null ? "cancelled" : String.valueOf(cause.getMessage()), cause);
        }
    }

    private static TransferException unreachable(
            PieceClient.Parent parent, String happened, @org.jspecify.annotations.Nullable Throwable cause) {
        String where = parent.node() + " at " + parent.host() + ":" + parent.port();
        return new TransferException(FailureReason.UNREACHABLE, "Connecting to " + where + ": " + happened, cause);
    }
}
