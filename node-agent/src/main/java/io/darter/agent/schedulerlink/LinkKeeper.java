package io.darter.agent.schedulerlink;

import io.darter.link.v1.AgentLinkGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream to one replica of the appliance up: goes from address to address until one answers, and begins again, a
 * little later each time, when the stream is lost. One virtual thread of its own, until it is closed.
 */
final class LinkKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LinkKeeper.class);

    private static final long WELCOME_MILLIS = 10_000;
    private static final long RETRY_FIRST_MILLIS = 200;
    private static final long RETRY_MAX_MILLIS = 2_000;
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private final SchedulerLink.Settings settings;
    private final ReplicaStreams.End end;
    private volatile String replica;
    private volatile Supplier<List<String>> addresses;
    private volatile @Nullable LinkSession current;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /** @param replica its name; empty: whichever answers */
    LinkKeeper(
            SchedulerLink.Settings settings, ReplicaStreams.End end, String replica, Supplier<List<String>> addresses) {
        this.settings = settings;
        this.end = end;
        this.replica = replica;
        this.addresses = addresses;
    }

    void start() {
        thread = Thread.ofVirtual().name("link").start(this::keepUp);
    }

    String replica() {
        return replica;
    }

    void named(String name) {
        replica = name;
    }

    void leadsBy(List<String> links) {
        addresses = () -> links;
    }

    @Nullable
    LinkSession session() {
        return current;
    }

    private void keepUp() {
        int failures = 0;
        try {
            for (int attempt = 0; !closed; attempt++) {
                List<String> known = addresses.get();
                boolean answered = !known.isEmpty() && attach(known.get(attempt % known.size()));
                failures = answered ? 0 : failures + 1;
                long pause = Math.min(RETRY_MAX_MILLIS, RETRY_FIRST_MILLIS << Math.min(failures, 10));
                TimeUnit.MILLISECONDS.sleep(pause / 2 + settings.random().nextLong(pause / 2 + 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One session from beginning to end; true if it was answered. */
    private boolean attach(String address) throws InterruptedException {
        ManagedChannel channel;
        try {
            channel = channel(address);
        } catch (RuntimeException e) {
            log.atError().addKeyValue("scheduler", address).setCause(e).log("cannot link");
            return false;
        }
        LinkSession session = new LinkSession(
                (from, message) -> end.received(this, from, message),
                settings.patience().nanoTime());
        current = session;
        try {
            AgentLinkGrpc.newStub(channel).attach(session);
            session.send(end.hello());
            if (!session.awaitWelcome(WELCOME_MILLIS)) {
                session.end("no welcome within " + WELCOME_MILLIS / 1000 + " s");
            }
            String reason = session.awaitEnd(end.heartbeatMillis());
            while (reason == null) {
                session.send(end.heartbeat());
                reason = session.awaitEnd(end.heartbeatMillis());
            }
            log.atWarn()
                    .addKeyValue("scheduler", address)
                    .addKeyValue("reason", reason)
                    .log("not linked");
            return session.isWelcomed();
        } finally {
            session.end("the agent ends the link");
            end.lost(session);
            channel.shutdownNow();
        }
    }

    private ManagedChannel channel(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(address.substring(colon + 1));
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(host, port);
        settings.transport()
                .ifPresent(transport -> builder.eventLoopGroup(transport.group())
                        .channelType(transport.channelType())
                        .withOption(ChannelOption.ALLOCATOR, transport.allocator()));
        return builder.sslContext(settings.tls().get())
                // The listener never waits, so it may be called where the bytes are read: nothing is handed over.
                .directExecutor()
                .disableRetry()
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }

    @Override
    public void close() {
        closed = true;
        LinkSession session = current;
        if (session != null) {
            session.end("the agent stops");
        }
        Thread keeper = thread;
        if (keeper != null) {
            keeper.interrupt();
        }
    }
}
