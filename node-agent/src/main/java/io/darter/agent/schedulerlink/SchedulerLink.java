package io.darter.agent.schedulerlink;

import com.google.protobuf.ByteString;
import io.darter.agent.health.Patience;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.task.ContentSource;
import io.darter.link.v1.AgentLinkGrpc;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Announce;
import io.darter.link.v1.Delivered;
import io.darter.link.v1.Heartbeat;
import io.darter.link.v1.Hello;
import io.darter.link.v1.LeaseFailed;
import io.darter.link.v1.MetaAnswer;
import io.darter.link.v1.Partners;
import io.darter.link.v1.Ping;
import io.darter.link.v1.ReaderMoved;
import io.darter.link.v1.Released;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Verified;
import io.darter.link.v1.Welcome;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link to the scheduler, kept up: it goes from replica to replica until one welcomes it, and begins again, a little
 * later each time, when it is lost. Safe for use by many threads.
 */
public final class SchedulerLink implements SchedulerDesk, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SchedulerLink.class);

    private static final long WELCOME_MILLIS = 10_000;
    private static final long RETRY_FIRST_MILLIS = 200;
    private static final long RETRY_MAX_MILLIS = 2_000;
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private final Settings settings;
    private final ApplianceClock clock;
    private final Silence silence;
    private volatile Neighbours neighbours = Neighbours.NONE;
    private volatile LinkListener listener = new Deaf();
    private volatile Consumer<MetaAnswer> metaAnswers = answer -> {};
    private volatile Runnable metaLost = () -> {};
    private volatile List<byte[]> capabilityKeys = List.of();
    /** The highest that was followed. */
    private volatile long epoch;

    private volatile int heartbeatMillis = 10_000;
    private volatile @Nullable LinkSession live;
    private volatile @Nullable LinkSession current;
    private volatile boolean started;
    private volatile boolean closed;
    private @Nullable Thread thread;

    /**
     * What a link is made of.
     *
     * @param transport which event loops move the link's bytes; empty: some of its own
     * @param addresses {@code host:port} of the replicas; asked at each attempt
     * @param tls of {@code TlsContexts.link}; asked at each attempt, since certificates are renewed
     * @param hello asked at each attempt
     * @param counters since the agent's start
     */
    public record Settings(
            Optional<Transport> transport,
            Supplier<List<String>> addresses,
            Supplier<SslContext> tls,
            Supplier<LinkHello> hello,
            Supplier<LinkCounters> counters,
            InstantSource wallClock,
            Patience patience,
            RandomGenerator random) {}

    /** Event loops, the kind of channel that they serve, and where its buffers come from. */
    public record Transport(EventLoopGroup group, Class<? extends Channel> channelType, ByteBufAllocator allocator) {}

    public SchedulerLink(Settings settings) {
        this.settings = settings;
        this.silence = new Silence(settings.patience());
        this.clock = new ApplianceClock(
                settings.patience().nanoTime(), settings.wallClock().millis());
    }

    /** Begins to link; what the scheduler says goes to the listener. */
    public void start(LinkListener hears) {
        listener = hears;
        started = true;
        thread = Thread.ofVirtual().name("link").start(this::keepUp);
    }

    /** Manifests' answers, and the news that no more will come on this link. */
    void onMeta(Consumer<MetaAnswer> answers, Runnable lost) {
        metaAnswers = answers;
        metaLost = lost;
    }

    private void keepUp() {
        int failures = 0;
        try {
            for (int attempt = 0; !closed; attempt++) {
                List<String> addresses = settings.addresses().get();
                boolean welcomed = !addresses.isEmpty() && attach(addresses.get(attempt % addresses.size()));
                failures = welcomed ? 0 : failures + 1;
                long pause = Math.min(RETRY_MAX_MILLIS, RETRY_FIRST_MILLIS << Math.min(failures, 10));
                TimeUnit.MILLISECONDS.sleep(pause / 2 + settings.random().nextLong(pause / 2 + 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One session from beginning to end; true if it was welcomed. */
    private boolean attach(String address) throws InterruptedException {
        ManagedChannel channel;
        try {
            channel = channel(address);
        } catch (RuntimeException e) {
            log.atError().addKeyValue("scheduler", address).setCause(e).log("cannot link");
            return false;
        }
        LinkSession session =
                new LinkSession(this::received, settings.patience().nanoTime());
        current = session;
        try {
            AgentLinkGrpc.newStub(channel).attach(session);
            session.send(AgentMessage.newBuilder().setHello(hello()).build());
            if (!session.awaitWelcome(WELCOME_MILLIS)) {
                session.end("no welcome within " + WELCOME_MILLIS / 1000 + " s");
            }
            String reason = session.awaitEnd(heartbeatMillis);
            while (reason == null) {
                session.send(AgentMessage.newBuilder().setHeartbeat(heartbeat()).build());
                reason = session.awaitEnd(heartbeatMillis);
            }
            log.atWarn()
                    .addKeyValue("scheduler", address)
                    .addKeyValue("reason", reason)
                    .log("not linked");
            return live == session;
        } finally {
            session.end("the agent ends the link");
            lost(session);
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

    private void received(LinkSession session, SchedulerMessage message) {
        silence.heard();
        try {
            switch (message.getMessageCase()) {
                case PONG -> {}
                case PARTNERS -> partners(message.getPartners());
                case WELCOME -> welcomed(session, message.getWelcome());
                case DESCRIBE ->
                    listener.described(
                            new ContentKey(message.getDescribe().getKey()),
                            message.getDescribe().getSizeBytes(),
                            message.getDescribe().getPieceBytes(),
                            message.getDescribe().getPiecesProved());
                case GRANT ->
                    message.getGrant()
                            .getLeasesList()
                            .forEach(lease -> listener.granted(LinkMapping.fromMessage(lease, clock)));
                case REVOKE -> {
                    ContentKey key = new ContentKey(message.getRevoke().getKey());
                    message.getRevoke().getLeasesList().forEach(lease -> listener.revoked(key, lease));
                }
                case ASSIST ->
                    listener.assist(
                            LinkMapping.fromMessage(message.getAssist().getContent()),
                            message.getAssist().getTask());
                case GIVE_UP ->
                    listener.gaveUp(
                            new ContentKey(message.getGiveUp().getKey()),
                            LinkMapping.fromMessage(message.getGiveUp().getReason()),
                            message.getGiveUp().getDetail(),
                            message.getGiveUp().getOriginStatus());
                case TRACE_ASK ->
                    session.send(AgentMessage.newBuilder()
                            .setTraceAnswer(TraceMapping.answer(
                                    message.getTraceAsk().getRequest(),
                                    listener.traces(message.getTraceAsk().getKeysList())))
                            .build());
                case RECHECK ->
                    listener.recheck(
                            new ContentKey(message.getRecheck().getKey()),
                            LinkMapping.fromMessage(message.getRecheck().getRun()));
                case DISCARD ->
                    listener.discarded(new ContentKey(message.getDiscard().getKey()));
                case META_ANSWER -> metaAnswers.accept(message.getMetaAnswer());
                case REFUSED ->
                    session.end(message.getRefused().getCode() + ": "
                            + message.getRefused().getMessage());
                case MESSAGE_NOT_SET -> log.debug("a message of a newer appliance is ignored");
            }
        } catch (IllegalArgumentException e) {
            log.atWarn().setCause(e).log("a message of the scheduler makes no sense");
        }
    }

    private void welcomed(LinkSession session, Welcome welcome) {
        if (welcome.getEpoch() < epoch) {
            // It was stopped or cut off, and another one has taken its place since: what it grants, others grant too.
            session.end("SCHEDULER_STALE: it schedules in epoch " + welcome.getEpoch() + ", and epoch " + epoch
                    + " has begun");
            return;
        }
        epoch = welcome.getEpoch();
        clock.told(welcome.getClockMillis());
        if (welcome.getHeartbeatSeconds() > 0) {
            heartbeatMillis = welcome.getHeartbeatSeconds() * 1000;
        }
        rememberKey(welcome.getCapabilityKey().toByteArray());
        silence.linked(welcome.getAnswersPings());
        if (!welcome.getNode().isEmpty()) {
            neighbours = new Neighbours(Optional.of(new NodeId(welcome.getNode())), neighbours.nodes());
        }
        live = session;
        session.welcomed();
        log.atInfo()
                .addKeyValue("replica", welcome.getReplica())
                .addKeyValue("version", welcome.getVersion())
                .log("linked to the scheduler");
        listener.linked();
    }

    private void partners(Partners partners) {
        List<PieceClient.Parent> nodes =
                partners.getNodesList().stream().map(LinkMapping::fromMessage).toList();
        if (partners.getKey().isEmpty()) {
            neighbours = new Neighbours(neighbours.self(), nodes);
        } else {
            listener.partners(new ContentKey(partners.getKey()), nodes);
        }
    }

    /** The key before this one is good for as long as capabilities made with it may still be under way. */
    private synchronized void rememberKey(byte[] key) {
        if (key.length == 0 || (!capabilityKeys.isEmpty() && Arrays.equals(key, capabilityKeys.getFirst()))) {
            return;
        }
        capabilityKeys = capabilityKeys.isEmpty() ? List.of(key) : List.of(key, capabilityKeys.getFirst());
    }

    private void lost(LinkSession session) {
        if (live == session) {
            live = null;
            listener.unlinked();
            metaLost.run();
        }
    }

    /** With these this node checks its children's permissions; the newest first. */
    public List<byte[]> capabilityKeys() {
        return capabilityKeys;
    }

    /** The appliance's wall clock. */
    public InstantSource applianceClock() {
        return () -> Instant.ofEpochMilli(clock.nowMillis());
    }

    private Hello hello() {
        LinkHello hello = settings.hello().get();
        return Hello.newBuilder()
                .setVersion(hello.version())
                .setPeerHost(hello.peerHost())
                .setPeerPort(hello.peerPort())
                .setZone(hello.zone())
                .setRack(hello.rack())
                .setHostname(hello.hostname())
                .setEpoch(epoch)
                .build();
    }

    private void sendHeartbeat() {
        if (linked()) {
            send(AgentMessage.newBuilder().setHeartbeat(heartbeat()).build());
        }
    }

    private Heartbeat heartbeat() {
        LinkCounters counters = settings.counters().get();
        return Heartbeat.newBuilder()
                .setOriginBytes(counters.originBytes())
                .setOriginMetaBytes(counters.originMetaBytes())
                .setOriginRequests(counters.originRequests())
                .setPeerBytes(counters.peerBytes())
                .setServedBytes(counters.servedBytes())
                .setDeliveredBytes(counters.deliveredBytes())
                .setStoreBytes(counters.storeBytes())
                .build();
    }

    @Override
    public boolean linked() {
        return live != null;
    }

    @Override
    public boolean expected() {
        return started;
    }

    @Override
    public boolean silent() {
        return live != null && silence.lasts();
    }

    @Override
    public void probe() {
        if (live != null) {
            silence.question()
                    .ifPresent(number -> send(AgentMessage.newBuilder()
                            .setPing(Ping.newBuilder().setNumber(number))
                            .build()));
        }
    }

    @Override
    public Neighbours neighbours() {
        return neighbours;
    }

    /** Says something, if the scheduler is there to hear it. */
    boolean send(AgentMessage message) {
        LinkSession session = live;
        if (session == null) {
            return false;
        }
        session.send(message);
        return true;
    }

    @Override
    public void want(Wanted wanted) {
        send(AgentMessage.newBuilder().setWant(LinkMapping.toMessage(wanted)).build());
    }

    @Override
    public void verified(ContentKey key, long leaseId, PieceRun run, long tookMicros, byte[] digests) {
        send(AgentMessage.newBuilder()
                .setVerified(Verified.newBuilder()
                        .setKey(key.value())
                        .setLease(leaseId)
                        .setRun(LinkMapping.toMessage(run))
                        .setTookMicros(tookMicros)
                        .setPieceDigests(ByteString.copyFrom(digests)))
                .build());
    }

    @Override
    public void leaseFailed(ContentKey key, long leaseId, FailureReason reason, String detail, int originStatus) {
        send(AgentMessage.newBuilder()
                .setLeaseFailed(LeaseFailed.newBuilder()
                        .setKey(key.value())
                        .setLease(leaseId)
                        .setReason(LinkMapping.toMessage(reason))
                        .setDetail(detail)
                        .setOriginStatus(originStatus))
                .build());
    }

    @Override
    public void readerMoved(ContentKey key, int piece) {
        send(AgentMessage.newBuilder()
                .setReaderMoved(ReaderMoved.newBuilder().setKey(key.value()).setPiece(piece))
                .build());
    }

    @Override
    public void released(ContentKey key) {
        send(AgentMessage.newBuilder()
                .setReleased(Released.newBuilder().setKey(key.value()))
                .build());
    }

    @Override
    public void delivered(ContentKey key, long bytes) {
        send(AgentMessage.newBuilder()
                .setDelivered(Delivered.newBuilder().setKey(key.value()).setBytes(bytes))
                .build());
        // So that the counters a person sees next to it agree with it.
        sendHeartbeat();
    }

    void announce(String task, String manifestDigest, List<ContentSource> contents) {
        Announce.Builder announce = Announce.newBuilder().setTask(task).setManifestDigest(manifestDigest);
        contents.forEach(content -> announce.addContents(LinkMapping.toMessage(content)));
        send(AgentMessage.newBuilder().setAnnounce(announce).build());
    }

    /** Tells the last counters and ends the link. */
    @Override
    public void close() {
        closed = true;
        sendHeartbeat();
        LinkSession session = current;
        if (session != null) {
            session.end("the agent stops");
        }
        Thread keeper = thread;
        if (keeper != null) {
            keeper.interrupt();
        }
    }

    /** Before the start nobody listens. */
    private static final class Deaf implements LinkListener {
        @Override
        public void linked() {}

        @Override
        public void unlinked() {}

        @Override
        public void described(ContentKey key, long sizeBytes, int pieceBytes, boolean proved) {}

        @Override
        public void granted(GrantedLease lease) {}

        @Override
        public void revoked(ContentKey key, long leaseId) {}

        @Override
        public void assist(ContentSource content, String task) {}

        @Override
        public void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus) {}
    }
}
