package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens connections to origins. Blocks the calling (virtual) thread; can be interrupted. */
final class OriginConnector {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int HANDSHAKE_MILLIS = 5_000;
    /** A name with more addresses than this is tried at the first of them. */
    private static final int ADDRESSES_MAX = 4;
    /** Netty's own time-outs come first. */
    private static final int GRACE_MILLIS = 1_000;

    private static final int READ_BYTES_MAX = 64 << 10;

    private final OriginNetwork network;
    private final Names names;
    private final OriginTls tls;
    private final OriginPool pool;
    private final Executor threads;

    /** Addresses of a host; blocks. */
    interface Names {
        List<InetSocketAddress> of(String host, int port) throws UnknownHostException;
    }

    /** @param threads on which certificates are looked at: that takes too long for an event loop */
    OriginConnector(OriginNetwork network, Names names, OriginTls tls, OriginPool pool, Executor threads) {
        this.network = network;
        this.names = names;
        this.tls = tls;
        this.pool = pool;
        this.threads = threads;
    }

    /** The system's name service. */
    static List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host))
                .limit(ADDRESSES_MAX)
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /**
     * A connection to the first address that takes one, within 5 s for all of them, and the TLS handshake within another 5.
     *
     * @throws SSLException if the origin cannot be trusted or speaks no TLS
     * @throws DarterException if the file of its CA cannot be read
     */
    OriginConnection connect(OriginPlace place) throws IOException, DarterException, InterruptedException {
        Optional<SslContext> context = place.secure() ? Optional.of(tls.context(place.ca())) : Optional.empty();
        Channel channel = reach(place);
        boolean good = false;
        try {
            OriginConnection connection = new OriginConnection(channel, place, pool);
            Future<Optional<SslHandler>> started =
                    channel.eventLoop().submit(() -> start(connection, channel, context));
            awaitStep(started, GRACE_MILLIS, "no answer of an event loop");
            Optional<SslHandler> handler = started.getNow();
            if (handler.isPresent()) {
                awaitStep(
                        handler.get().handshakeFuture(),
                        HANDSHAKE_MILLIS + GRACE_MILLIS,
                        "no TLS handshake within " + HANDSHAKE_MILLIS + " ms");
            }
            good = true;
            return connection;
        } finally {
            if (!good) {
                channel.close();
            }
        }
    }

    private Channel reach(OriginPlace place) throws IOException, InterruptedException {
        List<InetSocketAddress> addresses;
        try {
            addresses = names.of(place.host(), place.port());
        } catch (UnknownHostException e) {
            throw new UnknownHostException("the name service knows no address of " + place.host());
        }
        IOException failure = null;
        for (InetSocketAddress address : addresses) {
            try {
                return reach(address, CONNECT_MILLIS / addresses.size());
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        throw failure == null ? new UnknownHostException(place.host() + " has no address") : failure;
    }

    private Channel reach(InetSocketAddress address, int millis) throws IOException, InterruptedException {
        ChannelFuture connected = new Bootstrap()
                .group(network.group())
                .channel(network.channelType())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOCATOR, network.allocator())
                .option(ChannelOption.RECVBUF_ALLOCATOR, readSizes())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // What speaks comes when there is a connection.
                    }
                })
                .connect(address);
        pool.opened(connected.channel());
        boolean good = false;
        try {
            if (!connected.await(millis + GRACE_MILLIS, TimeUnit.MILLISECONDS) || !connected.isSuccess()) {
                throw unreachable(address, millis, connected.cause());
            }
            good = true;
            return connected.channel();
        } finally {
            if (!good) {
                connected.channel().close();
            }
        }
    }

    /** One read of a bounded size at a time: how far the network may run ahead of the reader. */
    private static AdaptiveRecvByteBufAllocator readSizes() {
        AdaptiveRecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator(2048, 16 << 10, READ_BYTES_MAX);
        sizes.maxMessagesPerRead(1);
        return sizes;
    }

    /** On the event loop. */
    private Optional<SslHandler> start(OriginConnection connection, Channel channel, Optional<SslContext> context)
            throws ClosedChannelException {
        if (!channel.isActive()) {
            throw new ClosedChannelException();
        }
        OriginPlace place = connection.place();
        Optional<SslHandler> handler =
                context.map(with -> with.newHandler(channel.alloc(), place.host(), place.port(), threads));
        handler.ifPresent(first -> {
            first.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
            channel.pipeline().addLast(first);
        });
        connection.addTo(channel.pipeline());
        return handler;
    }

    private static void awaitStep(Future<?> step, int millis, String otherwise)
            throws IOException, InterruptedException {
        if (!step.await(millis)) {
            throw new ConnectionBrokeException(otherwise, null);
        }
        Throwable cause = step.cause();
        if (cause instanceof SSLException failure && !OriginTls.isBroken(failure)) {
            throw failure;
        }
        if (cause instanceof ClosedChannelException) {
            throw new ConnectionBrokeException("the origin closed the connection at once", cause);
        }
        if (cause != null) {
            throw new ConnectionBrokeException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private static IOException unreachable(InetSocketAddress address, int millis, @Nullable Throwable cause) {
        String where = address.getAddress().getHostAddress() + " port " + address.getPort();
        if (cause == null || cause instanceof ConnectTimeoutException) {
            return new ConnectException("no connection to " + where + " within " + millis + " ms");
        }
        String words = String.valueOf(cause.getMessage());
        if (cause instanceof ConnectException && words.contains("refused")) {
            return new ConnectException("connection refused by " + where);
        }
        return new IOException("no connection to " + where + ": " + words, cause);
    }
}
