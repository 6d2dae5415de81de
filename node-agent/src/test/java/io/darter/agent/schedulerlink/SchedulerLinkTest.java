package io.darter.agent.schedulerlink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.health.Patience;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.TestCluster;
import io.darter.agent.identity.TlsContexts;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTrace;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Assist;
import io.darter.link.v1.Describe;
import io.darter.link.v1.GiveUp;
import io.darter.link.v1.Grant;
import io.darter.link.v1.Lease;
import io.darter.link.v1.MetaAnswer;
import io.darter.link.v1.Parent;
import io.darter.link.v1.Partners;
import io.darter.link.v1.Pong;
import io.darter.link.v1.Reason;
import io.darter.link.v1.Revoke;
import io.darter.link.v1.Run;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.TraceAnswer;
import io.darter.link.v1.TraceAsk;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(90)
@ExtendWith(EventLoopsNeverWait.class)
class SchedulerLinkTest {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("a".repeat(64));
    private static final ContentSource SOURCE =
            new ContentSource(KEY, 2500, "", true, URI.create("https://host/file"), "", "", "\"1\"", "yesterday");

    private final TestCluster cluster = new TestCluster();
    private final Identity identity = cluster.node("c", "n1");
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<GrantedLease> leases = new LinkedBlockingQueue<>();
    private volatile FakeAppliance appliance = newAppliance();
    private final SchedulerLink link = newLink();

    @BeforeEach
    void link() {
        link.start(new Recorder());
    }

    @AfterEach
    void end() {
        link.close();
        appliance.close();
    }

    @Test
    void anAgentSaysHelloAndIsWelcome() throws Exception {
        AgentMessage hello = appliance.await(AgentMessage::hasHello);
        assertEquals("127.0.0.9", hello.getHello().getPeerHost());
        expect("linked");
        assertTrue(link.linked());
        assertEquals(1, link.capabilityKeys().size());
        long skew = link.applianceClock().millis() - 1_000_000;
        assertTrue(skew >= 0 && skew < 60_000, "the appliance's clock counts: " + skew);
        assertEquals(
                5, appliance.await(AgentMessage::hasHeartbeat).getHeartbeat().getServedBytes());
    }

    @Test
    void whatTheSchedulerSaysArrivesAsValues() throws Exception {
        expect("linked");
        appliance.say(SchedulerMessage.newBuilder()
                .setDescribe(Describe.newBuilder()
                        .setKey(KEY.value())
                        .setSizeBytes(2500)
                        .setPieceBytes(1000))
                .build());
        expect("described 2500 1000");
        appliance.say(SchedulerMessage.newBuilder()
                .setGrant(Grant.newBuilder()
                        .addLeases(Lease.newBuilder()
                                .setId(4)
                                .setKey(KEY.value())
                                .setRun(Run.newBuilder().setFirst(1).setCount(2))
                                .setParent(Parent.newBuilder()
                                        .setNode("n2")
                                        .setHost("127.0.0.2")
                                        .setPort(4000)
                                        .setCapability(ByteString.copyFrom(new byte[40])))
                                .setExpiresAtMillis(1_030_000)
                                .setPieceDigests(ByteString.copyFrom(new byte[64]))))
                .build());
        GrantedLease lease = leases.poll(20, TimeUnit.SECONDS);
        assertEquals(new Source.Peer(new NodeId("n2")), lease.lease().source());
        assertEquals(4000, lease.parent().orElseThrow().port());
        assertTrue(lease.provable());
        assertEquals(32, lease.digest(2).orElseThrow().length);
        long leftSeconds = (lease.lease().expiresAtNanos() - System.nanoTime()) / 1_000_000_000;
        assertTrue(leftSeconds >= 0 && leftSeconds <= 30, "expires on the appliance's clock: " + leftSeconds);
        appliance.say(SchedulerMessage.newBuilder()
                .setRevoke(Revoke.newBuilder().setKey(KEY.value()).addLeases(4))
                .build());
        expect("revoked 4");
        appliance.say(SchedulerMessage.newBuilder()
                .setAssist(Assist.newBuilder()
                        .setContent(LinkMapping.toMessage(SOURCE))
                        .setTask("t"))
                .build());
        expect("assist " + SOURCE + " t");
        appliance.say(SchedulerMessage.newBuilder()
                .setGiveUp(GiveUp.newBuilder()
                        .setKey(KEY.value())
                        .setReason(Reason.ORIGIN_REFUSED)
                        .setDetail("d")
                        .setOriginStatus(404))
                .build());
        expect("gave up ORIGIN_REFUSED d 404");
    }

    @Test
    void partnersAndNeighboursAreRemembered() throws Exception {
        expect("linked");
        Parent.Builder other =
                Parent.newBuilder().setNode("n2").setHost("127.0.0.2").setPort(4000);
        appliance.say(SchedulerMessage.newBuilder()
                .setPartners(Partners.newBuilder().addNodes(other))
                .build());
        appliance.say(SchedulerMessage.newBuilder()
                .setPartners(Partners.newBuilder().setKey(KEY.value()).addNodes(other))
                .build());
        expect("partners 1");
        assertEquals(Optional.of(new NodeId("n1")), link.neighbours().self());
        assertEquals(new NodeId("n2"), link.neighbours().nodes().getFirst().node());
    }

    @Test
    void aSchedulerThatDoesNotAnswerIsSilentUntilItSaysSomething() throws Exception {
        expect("linked");
        while (!link.silent()) {
            link.probe();
            TimeUnit.MILLISECONDS.sleep(10);
        }
        long number = appliance.await(AgentMessage::hasPing).getPing().getNumber();
        appliance.say(SchedulerMessage.newBuilder()
                .setPong(Pong.newBuilder().setNumber(number))
                .build());
        while (link.silent()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertTrue(link.linked());
    }

    @Test
    void aMessageThatMakesNoSenseHarmsNothing() throws Exception {
        expect("linked");
        appliance.say(SchedulerMessage.newBuilder()
                .setDescribe(Describe.newBuilder().setKey("nonsense"))
                .build());
        appliance.say(SchedulerMessage.getDefaultInstance());
        appliance.say(SchedulerMessage.newBuilder()
                .setRevoke(Revoke.newBuilder().setKey(KEY.value()).addLeases(9))
                .build());
        expect("revoked 9");
    }

    @Test
    void aWantCarriesWhatIsHeld() throws Exception {
        expect("linked");
        PieceMap held = new PieceMap(3);
        held.set(1);
        link.want(new Wanted(SOURCE, "task", true, false, Optional.of(new Held(held, 1000, new byte[32]))));
        AgentMessage want = appliance.await(AgentMessage::hasWant);
        assertArrayEquals(held.toBytes(), want.getWant().getHave().toByteArray());
        assertEquals(SOURCE, LinkMapping.fromMessage(want.getWant().getContent()));
        link.leaseFailed(KEY, 3, FailureReason.CHANGED, "words", 412);
        AgentMessage failed = appliance.await(AgentMessage::hasLeaseFailed);
        assertEquals(Reason.CHANGED, failed.getLeaseFailed().getReason());
        assertEquals(412, failed.getLeaseFailed().getOriginStatus());
    }

    @Test
    void aLostLinkIsTakenUpAgain() throws Exception {
        expect("linked");
        appliance.drop();
        expect("unlinked");
        expect("linked");
        appliance.await(AgentMessage::hasHello, 2);
    }

    @Test
    void aSchedulerWhoseTimeIsOverIsNotFollowed() throws Exception {
        expect("linked");
        appliance.epoch = 7;
        appliance.drop();
        expect("unlinked");
        expect("linked");
        appliance.epoch = 6;
        appliance.drop();
        expect("unlinked");
        appliance.await(message -> message.hasHello() && message.getHello().getEpoch() == 7, 2);
        assertFalse(link.linked());
        appliance.epoch = 8;
        expect("linked");
    }

    @Test
    void aSchedulerThatHangsIsNotWaitedForWithAManifest() throws Exception {
        expect("linked");
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        long sinceNanos = System.nanoTime();
        assertEquals(
                200,
                desk.get("name", Duration.ofMinutes(1), () -> new MetaResponse(200, Map.of(), new byte[1]))
                        .status());
        assertTrue(System.nanoTime() - sinceNanos < 8_000_000_000L, "it was waited for");
    }

    @Test
    void aNodeThatPlaysTheSchedulerIsNotLinkedTo() throws Exception {
        expect("linked");
        FakeAppliance real = appliance;
        try (FakeAppliance impostor = new FakeAppliance(cluster, cluster.node("c", "liar"))) {
            appliance = impostor;
            real.close();
            expect("unlinked");
            assertNull(events.poll(2, TimeUnit.SECONDS));
            assertFalse(link.linked());
        }
    }

    @Test
    void aManifestThatAnotherNodeHasIsNotFetched() throws Exception {
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        expect("linked");
        appliance.onMessage((message, answer) -> {
            if (message.hasMetaAcquire()) {
                answer.onNext(SchedulerMessage.newBuilder()
                        .setMetaAnswer(MetaAnswer.newBuilder()
                                .setRequest(message.getMetaAcquire().getRequest())
                                .setValue(LinkMapping.toMessage(response("theirs"), 1_000_000)))
                        .build());
            }
        });
        MetaResponse answer = desk.get("GET x", Duration.ofSeconds(60), () -> response("ours"));
        assertEquals("theirs", new String(answer.body(), StandardCharsets.UTF_8));
        MetaResponse cached = desk.get("GET x", Duration.ofSeconds(60), () -> response("ours"));
        assertEquals("theirs", new String(cached.body(), StandardCharsets.UTF_8));
    }

    @Test
    void whoIsToldToFetchPublishes() throws Exception {
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        expect("linked");
        tellToFetch();
        assertEquals(
                200,
                desk.get("GET x", Duration.ofSeconds(1), () -> response("ours")).status());
        AgentMessage published = appliance.await(AgentMessage::hasMetaPublish);
        assertEquals("ours", published.getMetaPublish().getValue().getBody().toStringUtf8());
    }

    @Test
    void aFailedFetchIsToldWithoutAnAnswer() throws Exception {
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        expect("linked");
        tellToFetch();
        DarterException down = new DarterException(ErrorCode.ORIGIN_UNREACHABLE, "t", "h", "a");
        assertThrows(
                DarterException.class,
                () -> desk.get("GET x", Duration.ofSeconds(1), () -> {
                    throw down;
                }));
        assertFalse(
                appliance.await(AgentMessage::hasMetaPublish).getMetaPublish().hasValue());
    }

    @Test
    void withTheLinkLostThisNodeFetchesForItself() throws Exception {
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        expect("linked");
        appliance.onMessage((message, answer) -> {
            if (message.hasMetaAcquire()) {
                appliance.drop();
            }
        });
        AtomicInteger fetched = new AtomicInteger();
        desk.get("GET x", Duration.ofSeconds(1), () -> {
            fetched.incrementAndGet();
            return response("ours");
        });
        assertEquals(1, fetched.get());
    }

    private void tellToFetch() {
        appliance.onMessage((message, answer) -> {
            if (message.hasMetaAcquire()) {
                answer.onNext(SchedulerMessage.newBuilder()
                        .setMetaAnswer(MetaAnswer.newBuilder()
                                .setRequest(message.getMetaAcquire().getRequest())
                                .setFetch(true))
                        .build());
            }
        });
    }

    private static MetaResponse response(String body) {
        return new MetaResponse(200, Map.of("etag", "\"1\""), body.getBytes(StandardCharsets.UTF_8));
    }

    private FakeAppliance newAppliance() {
        try {
            return new FakeAppliance(cluster, cluster.appliance());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private SchedulerLink newLink() {
        return new SchedulerLink(new SchedulerLink.Settings(
                Optional.empty(),
                () -> List.of(appliance.address()),
                this::tls,
                () -> new LinkHello("1", "127.0.0.9", 4000, "z", "r", "h"),
                () -> new LinkCounters(1, 2, 3, 4, 5, 6, 7),
                Instant::now,
                new Patience(System::nanoTime),
                new SplittableRandom(1)));
    }

    private SslContext tls() {
        try {
            return TlsContexts.link(identity);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void expect(String event) throws InterruptedException {
        assertEquals(event, events.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void whatHappenedIsToldWithinABound() throws Exception {
        appliance.await(AgentMessage::hasHello);
        appliance.say(SchedulerMessage.newBuilder()
                .setTraceAsk(
                        TraceAsk.newBuilder().setRequest(7).addKeys("sha256-a").addKeys("sha256-b"))
                .build());
        TraceAnswer answer = appliance.await(AgentMessage::hasTraceAnswer).getTraceAnswer();
        assertEquals(7, answer.getRequest());
        assertEquals(3, answer.getContents(0).getEventsCount());
        assertEquals("because", answer.getContents(0).getVerdict(0));
        assertEquals("sha256-b", answer.getContents(1).getKey());
        assertEquals(0, answer.getContents(1).getEventsCount(), "a time line of megabytes is left out");
        assertTrue(answer.getSerializedSize() < 1 << 20);
    }

    private static ContentTrace trace(String key, List<ContentTrace.Event> events) {
        ContentTrace.SourceShare share = new ContentTrace.SourceShare("node a", false, 1, 2, 3, 4, 5, 6, 7, "");
        return new ContentTrace(
                key,
                "task",
                "",
                1,
                1,
                "done",
                List.of("because"),
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                "",
                List.of(share),
                events,
                0);
    }

    private final class Recorder implements LinkListener {
        @Override
        public void linked() {
            events.add("linked");
        }

        @Override
        public void unlinked() {
            events.add("unlinked");
        }

        @Override
        public void described(ContentKey key, long sizeBytes, int pieceBytes, boolean proved) {
            events.add("described " + sizeBytes + " " + pieceBytes);
        }

        @Override
        public void granted(GrantedLease lease) {
            leases.add(lease);
        }

        @Override
        public void revoked(ContentKey key, long leaseId) {
            events.add("revoked " + leaseId);
        }

        @Override
        public void partners(ContentKey key, List<PieceClient.Parent> nodes) {
            events.add("partners " + nodes.size());
        }

        @Override
        public void assist(ContentSource content, String task) {
            events.add("assist " + content + " " + task);
        }

        @Override
        public List<ContentTrace> traces(List<String> keys) {
            List<ContentTrace.Event> events =
                    Collections.nCopies(20_000, new ContentTrace.Event(1, "run", "node a", 2, "x".repeat(60)));
            return List.of(trace(keys.getFirst(), events.subList(0, 3)), trace(keys.getLast(), events));
        }

        @Override
        public void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus) {
            events.add("gave up " + reason + " " + detail + " " + originStatus);
        }
    }
}
