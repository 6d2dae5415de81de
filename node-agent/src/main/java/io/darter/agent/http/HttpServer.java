package io.darter.agent.http;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 on TCP, TLS or a Unix socket: every request on a virtual thread of its own, answers of one connection in the
 * order of its requests, bodies as fast as the client takes them.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final long DRAIN_LOOK_MILLIS = 20;
    private static final long DRAIN_QUIET_MILLIS = 300;
    private static final int LINE_BYTES_MAX = 8 << 10;
    private static final int HEADERS_BYTES_MAX = 32 << 10;

    private final String name;
    private final EventLoops loops;
    private final HttpServerSettings settings;
    private final Handler handler;
    private final Semaphore permits;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private @Nullable Channel listener;

    /** @param name for logs and thread names: mirror, peer, health, control */
    public HttpServer(String name, EventLoops loops, HttpServerSettings settings, Handler handler) {
        this.name = name;
        this.loops = loops;
        this.settings = settings;
        this.handler = handler;
        this.permits = new Semaphore(settings.concurrentRequestsMax());
    }

    /**
     * Listens from now on.
     *
     * @return the port, 0 for a Unix socket
     * @throws DarterException PORT_IN_USE, or CONFIG_INVALID if the address is not of this machine
     */
    public int start() throws DarterException {
        switch (settings.endpoint()) {
            case Endpoint.Tcp tcp -> {
                InetSocketAddress address = new InetSocketAddress(tcp.host(), tcp.port());
                listener = bind(loops.serverSocketChannel(), address, tcp.key(), tcp.host() + ":" + tcp.port());
                return ((InetSocketAddress) listener.localAddress()).getPort();
            }
            case Endpoint.Unix(Path path) -> {
                removeStale(path);
                listener = bind(loops.serverUnixChannel(), loops.unixAddress(path), "socket", path.toString());
                restrict(path);
                return 0;
            }
        }
    }

    private Channel bind(
            Class<? extends io.netty.channel.ServerChannel> type, SocketAddress address, String key, String value)
            throws DarterException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(type)
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        if (address instanceof InetSocketAddress) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return bound.channel();
        }
        String cause = String.valueOf(bound.cause().getMessage());
        String tried = "Listening on " + value + " (setting \"" + key + "\")";
        if (cause.contains("in use")) {
            throw new DarterException(
                    ErrorCode.PORT_IN_USE,
                    tried,
                    "another process listens there",
                    "End that process (ss -lntp names it) or set \"" + key + "\" to another value.",
                    bound.cause());
        }
        throw new DarterException(
                ErrorCode.CONFIG_INVALID,
                tried,
                cause,
                "Set the address of \"" + key + "\" to one of this machine.",
                bound.cause());
    }

    private void accept(Channel channel) {
        if (connections.size() >= settings.connectionsMax()) {
            LOG.atWarn().addKeyValue("server", name).log("too many connections; one was closed");
            channel.close();
            return;
        }
        connections.add(channel);
        if (settings.tls() != null) {
            channel.pipeline().addLast(settings.tls().get().newHandler(channel.alloc()));
        }
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADERS_BYTES_MAX)
                .setMaxChunkSize(64 << 10);
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, settings.idle().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HttpServerCodec(limits))
                .addLast(new ServerConnection(this));
    }

    /** Runs the handler; called on the request's thread. */
    void run(ServerExchange exchange, ServerRequest request) {
        try {
            permits.acquire();
            try {
                if (request.refusal() != 0) {
                    refuse(exchange, request.refusal());
                } else {
                    handler.handle(exchange);
                }
                exchange.finish();
            } catch (DarterException e) {
                failed(exchange, e);
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            exchange.cut();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("server", name).setCause(e).log("answer broke off");
            exchange.cut();
        } catch (Exception | Error e) {
            LOG.atError()
                    .addKeyValue("server", name)
                    .addKeyValue("path", exchange.path())
                    .setCause(e)
                    .log("request failed");
            crashed(exchange);
        }
    }

    private static void failed(ServerExchange exchange, DarterException error)
            throws IOException, InterruptedException {
        if (exchange.started()) {
            LOG.atInfo().log("answer cut: {}", error.getMessage());
            exchange.cut();
            return;
        }
        int status = Problems.status(error.code());
        exchange.respond(status, java.util.Map.of("Content-Type", Problems.CONTENT_TYPE), Problems.body(status, error));
        exchange.finish();
    }

    private static void crashed(ServerExchange exchange) {
        if (exchange.started()) {
            exchange.cut();
            return;
        }
        try {
            exchange.problem(
                    500,
                    "INTERNAL",
                    exchange.method() + " " + exchange.path(),
                    "the agent made a mistake",
                    "See the agent's log.");
            exchange.finish();
        } catch (IOException | InterruptedException e) {
            exchange.cut();
        }
    }

    private static void refuse(ServerExchange exchange, int status) throws IOException, InterruptedException {
        String happened = switch (status) {
            case 413 -> "the body is larger than 1 MiB";
            case 431 -> "the request line or the headers are too long";
            default -> "it is not HTTP/1.1 as this server reads it";
        };
        exchange.problem(status, "USAGE", "Reading the request", happened, "Correct the request.");
    }

    private static void removeStale(Path path) throws DarterException {
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            if (!Files.exists(path)) {
                return;
            }
            if (answers(path)) {
                throw new DarterException(
                        ErrorCode.PORT_IN_USE,
                        "Listening on " + path + " (setting \"socket\")",
                        "another agent listens there",
                        "End that agent or set \"socket\" to another path.");
            }
            if (Files.isRegularFile(path) || Files.isDirectory(path)) {
                throw new IOException("there is a file that is not a socket");
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Listening on " + path + " (setting \"socket\")",
                    String.valueOf(e.getMessage()),
                    "Give a path in a folder that the agent may write to.",
                    e);
        }
    }

    private static boolean answers(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    /** For the agent's own user, root, and the members of the group, if that is there and the agent's to give. */
    private static void restrict(Path path) throws DarterException {
        try {
            if (MembersGroup.give(path) == MembersGroup.Outcome.NOT_ALLOWED) {
                LOG.atWarn()
                        .addKeyValue("socket", path)
                        .log(
                                "the system does not let the agent give its socket to the group darter: start it in that group");
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Setting the mode of " + path,
                    String.valueOf(e.getMessage()),
                    "Give a path on a file system with access rights.",
                    e);
        }
    }

    String name() {
        return name;
    }

    HttpServerSettings settings() {
        return settings;
    }

    /** Closes the connections of clients with such certificates, which interrupts their handlers. */
    public void closeWhere(Predicate<X509Certificate> certificate) {
        for (Channel connection : connections) {
            if (ServerExchange.peerCertificate(connection).filter(certificate).isPresent()) {
                connection.close();
            }
        }
    }

    /** Requests that are being answered now. */
    public int running() {
        return settings.concurrentRequestsMax() - permits.availablePermits();
    }

    /**
     * Serves on until nobody has been asking for a moment; true if that came within the time. Who was told to ask here just
     * now is still served.
     */
    public boolean drain(Duration most) throws InterruptedException {
        long quietMillis = 0;
        for (long left = most.toMillis(); left > 0 && quietMillis < DRAIN_QUIET_MILLIS; left -= DRAIN_LOOK_MILLIS) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
            quietMillis = isQuiet() ? quietMillis + DRAIN_LOOK_MILLIS : 0;
        }
        return isQuiet();
    }

    /** Whether every request that has arrived is answered; asked on the event loop, of a server with one. */
    boolean isIdle() {
        return connections.stream().allMatch(channel -> {
            ServerConnection connection = channel.pipeline().get(ServerConnection.class);
            return (connection == null || connection.isIdle()) && isSent(channel);
        });
    }

    private boolean isQuiet() {
        return running() == 0 && connections.stream().allMatch(HttpServer::isSent);
    }

    private static boolean isSent(Channel channel) {
        var waiting = channel.unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
    }

    /** Stops listening, then closes every connection, which interrupts their handlers. */
    @Override
    public void close() {
        if (listener != null) {
            listener.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        }
        connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        if (settings.endpoint() instanceof Endpoint.Unix(Path path)) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("socket not removed");
            }
        }
    }
}
