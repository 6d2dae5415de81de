package io.darter.agent.schedulerlink;

import com.google.protobuf.ByteString;
import io.darter.agent.health.Patience;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.task.ContentSource;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Announce;
import io.darter.link.v1.Delivered;
import io.darter.link.v1.Heartbeat;
import io.darter.link.v1.Hello;
import io.darter.link.v1.LeaseFailed;
import io.darter.link.v1.MetaAnswer;
import io.darter.link.v1.NotOwner;
import io.darter.link.v1.OriginBusy;
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
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link to the scheduler: a stream to each replica of the appliance, of which the one that welcomed this node at the
 * highest epoch decides; what others say about contents is not heard. Safe for use by many threads.
 */
public final class SchedulerLink implements SchedulerDesk, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SchedulerLink.class);

    private final Settings settings;
    private final ReplicaStreams streams;
    /** Held while a message is heard: each stream has an event loop of its own, and the listener hears one at a time. */
    private final Object turn = new Object();

    private final ApplianceClock clock;
    private final Silence silence;
    private volatile Neighbours neighbours = Neighbours.NONE;
    private volatile LinkListener listener = new Deaf();
    private volatile Consumer<MetaAnswer> metaAnswers = answer -> {};
    private volatile Orders orders = Orders.NONE;
    private volatile Runnable metaLost = () -> {};
    private volatile List<byte[]> capabilityKeys = List.of();
    /** The highest that was followed. */
    private volatile long epoch;

    private volatile int heartbeatMillis = 10_000;
    private volatile @Nullable LinkSession live;
    private volatile boolean started;

    /**
     * What a link is made of.
     *
     * @param transport which event loops move the link's bytes; empty: some of its own
     * @param addresses {@code host:port} of the replicas, until one of them tells which there are; asked at each attempt
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
        this.streams = new ReplicaStreams(settings, new ReplicaStreams.End() {
            @Override
            public AgentMessage hello() {
                return AgentMessage.newBuilder()
                        .setHello(SchedulerLink.this.hello())
                        .build();
            }

            @Override
            public AgentMessage heartbeat() {
                return AgentMessage.newBuilder()
                        .setHeartbeat(SchedulerLink.this.heartbeat())
                        .build();
            }

            @Override
            public int heartbeatMillis() {
                return heartbeatMillis;
            }

            @Override
            public void received(LinkKeeper keeper, LinkSession session, SchedulerMessage message) {
                synchronized (turn) {
                    SchedulerLink.this.received(keeper, session, message);
                }
            }

            @Override
            public void lost(LinkSession session) {
                synchronized (turn) {
                    SchedulerLink.this.lost(session);
                }
            }
        });
    }

    /** Begins to link; what the scheduler says goes to the listener. */
    public void start(LinkListener hears) {
        listener = hears;
        started = true;
        streams.start();
    }

    /** Which addresses lead to replicas, whenever that changes; must not wait. */
    public void onReplicas(Consumer<List<String>> told) {
        streams.onReplicas(told);
    }

    /** Who obeys what operators decided; to be said before the start. */
    public void onOrders(Orders obeys) {
        orders = obeys;
    }

    /** Manifests' answers, and the news that no more will come on this link. */
    void onMeta(Consumer<MetaAnswer> answers, Runnable lost) {
        metaAnswers = answers;
        metaLost = lost;
    }

    private void received(LinkKeeper keeper, LinkSession session, SchedulerMessage message) {
        try {
            switch (message.getMessageCase()) {
                case WELCOME -> welcomed(keeper, session, message.getWelcome());
                case NOT_OWNER -> notOwner(keeper, session, message.getNotOwner());
                case REPLICAS -> streams.told(keeper, message.getReplicas());
                case REVOCATIONS, TOMBSTONES, EVICT -> OrderMapping.obey(message, orders, session::send);
                case REFUSED ->
                    session.end(message.getRefused().getCode() + ": "
                            + message.getRefused().getMessage());
                case TRACE_ASK ->
                    session.send(AgentMessage.newBuilder()
                            .setTraceAnswer(TraceMapping.answer(
                                    message.getTraceAsk().getRequest(),
                                    listener.traces(message.getTraceAsk().getKeysList())))
                            .build());
                case DESCRIBE, GRANT, REVOKE, ASSIST, GIVE_UP, META_ANSWER, DISCARD, RECHECK, PONG, PARTNERS -> {
                    // Another replica's time is over as soon as one of a later epoch has welcomed this node.
                    if (session == live) {
                        silence.heard();
                        decided(message);
                    }
                }
                case MESSAGE_NOT_SET -> log.debug("a message of a newer appliance is ignored");
            }
        } catch (IllegalArgumentException e) {
            log.atWarn().setCause(e).log("a message of the scheduler makes no sense");
        }
    }

    /** What the scheduler that this node follows says of contents. */
    private void decided(SchedulerMessage message) {
        switch (message.getMessageCase()) {
            case PARTNERS -> partners(message.getPartners());
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
            case RECHECK ->
                listener.recheck(
                        new ContentKey(message.getRecheck().getKey()),
                        LinkMapping.fromMessage(message.getRecheck().getRun()));
            case DISCARD ->
                listener.discarded(new ContentKey(message.getDiscard().getKey()));
            case META_ANSWER -> metaAnswers.accept(message.getMetaAnswer());
            case PONG,
                    WELCOME,
                    NOT_OWNER,
                    REPLICAS,
                    REFUSED,
                    TRACE_ASK,
                    REVOCATIONS,
                    TOMBSTONES,
                    EVICT,
                    MESSAGE_NOT_SET -> {}
        }
    }

    private void welcomed(LinkKeeper keeper, LinkSession session, Welcome welcome) {
        if (welcome.getEpoch() < epoch) {
            // It was stopped or cut off, and another one has taken its place since: what it grants, others grant too.
            session.end("SCHEDULER_STALE: it schedules in epoch " + welcome.getEpoch() + ", and epoch " + epoch
                    + " has begun");
            return;
        }
        streams.named(keeper, welcome.getReplica());
        LinkSession before = live;
        if (before != null) {
            lost(before);
        }
        boolean later = welcome.getEpoch() > epoch;
        epoch = welcome.getEpoch();
        clock.told(welcome.getClockMillis());
        beatEvery(welcome.getHeartbeatSeconds());
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
                .addKeyValue("epoch", epoch)
                .log("linked to the scheduler");
        listener.linked();
        if (later) {
            // A replica that has not noticed yet that it is no longer the owner hears it from here.
            streams.tellOthers(
                    session, AgentMessage.newBuilder().setHeartbeat(heartbeat()).build());
        }
    }

    private void notOwner(LinkKeeper keeper, LinkSession session, NotOwner words) {
        streams.named(keeper, words.getReplica());
        beatEvery(words.getHeartbeatSeconds());
        lost(session);
        session.welcomed();
        log.atInfo()
                .addKeyValue("replica", words.getReplica())
                .addKeyValue("owner", words.getOwner())
                .log("this replica stands by");
    }

    private void beatEvery(int seconds) {
        if (seconds > 0) {
            heartbeatMillis = seconds * 1000;
        }
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
                .setEpoch(epoch)
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
    public void originBusy(ContentKey key, long pauseMillis) {
        send(AgentMessage.newBuilder()
                .setOriginBusy(OriginBusy.newBuilder().setKey(key.value()).setPauseMillis(pauseMillis))
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
        sendHeartbeat();
        streams.close();
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
