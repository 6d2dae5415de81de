package io.darter.appliance.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.task.TaskBook;
import io.darter.appliance.task.TaskRow;
import io.darter.link.Capability;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Announce;
import io.darter.link.v1.Content;
import io.darter.link.v1.Delivered;
import io.darter.link.v1.Fetching;
import io.darter.link.v1.GiveUp;
import io.darter.link.v1.Hello;
import io.darter.link.v1.Lease;
import io.darter.link.v1.Partners;
import io.darter.link.v1.Ping;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Verified;
import io.darter.link.v1.Want;
import io.darter.operator.TaskView;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import io.darter.swarm.scheduling.SwarmView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The adapter with the real core and agents that obey at once. */
class SwarmDeskTest {
    private static final int PIECE_BYTES = 128 << 10;
    private static final int PIECES = 24;
    private static final long SIZE = (long) PIECE_BYTES * PIECES - 1000;
    private static final byte[] CLUSTER_KEY = new byte[32];
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final Content CONTENT = Content.newBuilder()
            .setKey(KEY.value())
            .setSizeBytes(SIZE)
            .setDigest("sha256:" + KEY.hex())
            .setRangesSupported(true)
            .setUrl("http://127.0.0.1/v2/app/blobs/sha256:" + KEY.hex())
            .setRegistry("127.0.0.1")
            .setRepository("app")
            .build();

    private final SwarmScheduler scheduler = new SwarmScheduler(SchedulingPolicy.defaults(), 1);
    private final List<TaskRow> saved = new ArrayList<>();
    private final TaskBook tasks = new TaskBook(new Cluster("c-1", "default"), p -> p + "1", saved::add, key -> 0);
    private final SwarmDesk desk =
            new SwarmDesk(core(), CLUSTER_KEY, size -> PIECE_BYTES, tasks, (node, lease) -> {}, ClusterRules.NONE);
    private final Map<String, FakePort> ports = new HashMap<>();
    private final Map<String, Set<Integer>> held = new HashMap<>();
    private final Map<Integer, Integer> originFetches = new HashMap<>();
    private long now;

    @Test
    void aSeedAndTwoNodesGetEachPieceFromTheOriginOnce() {
        up("n-seed", "seed");
        up("n-a", "node");
        up("n-b", "node");
        announce("n-a");
        want("n-a", false);
        want("n-b", false);
        runUntilAllHold("n-seed", "n-a", "n-b");

        assertEquals(PIECES, originFetches.size());
        assertTrue(originFetches.values().stream().allMatch(times -> times == 1), originFetches.toString());
        desk.tick(now, millis());
        TaskView task = tasks.rows().getFirst().detail().task();
        assertEquals("done", task.state());
        assertEquals("app:1", task.name());
        assertEquals("image", task.kind());
        assertEquals(SIZE, task.contentBytes());
        assertEquals(SIZE, task.originBytes());
        assertEquals(2 * SIZE, task.peerBytes());
        assertEquals(3 * SIZE, task.verifiedBytes());
        assertEquals(3, task.nodesDone());
        assertEquals(1, task.peakOriginConnections());
        assertEquals("done", saved.getLast().detail().task().state());
    }

    @Test
    void whoComesAfterTwoProvedItIsToldSo() {
        up("n-a", "node");
        want("n-a", false);
        runUntilAllHold("n-a");
        delivered("n-a"); // it fetched all of it: of course it says that it is right
        for (String prover : List.of("n-b", "n-c")) {
            assertEquals(false, describedAsProved(prover));
            runUntilAllHold(prover);
            delivered(prover);
        }
        assertEquals(true, describedAsProved("n-d"));
    }

    @Test
    void whatANodeFetchesWhenItsLinkComesBackNobodyElseIsSentFor() {
        up("n-a", "node");
        want("n-a", false);
        Lease first = leases("n-a").getFirst();
        up("n-b", "node");
        want("n-b", false);
        up("n-a", "node");
        Fetching running = Fetching.newBuilder()
                .setLease(first.getId())
                .setRun(first.getRun())
                .build();
        post(
                "n-a",
                AgentMessage.newBuilder()
                        .setWant(Want.newBuilder()
                                .setContent(CONTENT)
                                .setLive(true)
                                .setTask("app:1")
                                .addFetching(running))
                        .build());
        tick();
        for (Lease lease :
                Stream.of("n-a", "n-b").flatMap(node -> leases(node).stream()).toList()) {
            assertTrue(
                    lease.hasParent()
                            || lease.getRun().getFirst()
                                    >= first.getRun().getFirst()
                                            + first.getRun().getCount(),
                    lease::toString);
        }
    }

    private void delivered(String node) {
        post(
                node,
                AgentMessage.newBuilder()
                        .setDelivered(Delivered.newBuilder().setKey(KEY.value()).setBytes(SIZE))
                        .build());
    }

    private boolean describedAsProved(String node) {
        up(node, "node");
        want(node, false);
        return port(node).peek().stream()
                .filter(SchedulerMessage::hasDescribe)
                .findFirst()
                .orElseThrow()
                .getDescribe()
                .getPiecesProved();
    }

    @Test
    void piecesReportedWithWrongDigestsAreNotLeasedToOthers() {
        up("n-a", "node");
        up("n-b", "node");
        want("n-a", false);
        Lease first = leases("n-a").getFirst();
        report("n-a", first, digests(first.getRun().getFirst(), first.getRun().getCount()));
        // n-b comes with all pieces, as it says, but of other bytes
        byte[] all = new byte[(PIECES + 7) / 8];
        Arrays.fill(all, (byte) 0xff);
        post(
                "n-b",
                AgentMessage.newBuilder()
                        .setWant(Want.newBuilder()
                                .setContent(CONTENT)
                                .setHave(ByteString.copyFrom(all))
                                .setPieceBytes(PIECE_BYTES)
                                .setTask("app:1"))
                        .build());
        List<Lease> fromB = leases("n-a").stream().filter(Lease::hasParent).toList();
        assertEquals(List.of(), fromB);
    }

    @Test
    void aReplacedLinkIsRefusedAndItsMailIgnored() {
        up("n-a", "node");
        FakePort old = port("n-a");
        up("n-a", "node");
        assertEquals("LINK_REPLACED", old.refused);
        desk.handle(new Mail.LinkDown(node("n-a", "node"), old), now, millis());
        assertEquals(1, desk.linkCount());
    }

    @Test
    void whenTheOriginRefusesEverybodyTheyAreToldItsWords() {
        List<String> nodes = List.of("n-a", "n-b", "n-c");
        nodes.forEach(node -> up(node, "node"));
        nodes.forEach(node -> want(node, false));
        List<GiveUp> givenUp = new ArrayList<>();
        for (int round = 0; round < 100 && givenUp.size() < 3; round++) {
            for (String node : nodes) {
                for (SchedulerMessage message : port(node).take()) {
                    if (message.hasGiveUp()) {
                        givenUp.add(message.getGiveUp());
                    }
                    message.getGrant().getLeasesList().forEach(lease -> refuse(node, lease));
                }
            }
            tick();
        }
        assertEquals(3, givenUp.size());
        assertEquals(404, givenUp.getFirst().getOriginStatus());
        assertEquals("GET blob: the registry answered 404", givenUp.getFirst().getDetail());
        now += 6_000_000_000L;
        desk.tick(now, millis());
        assertEquals("failed", tasks.rows().getFirst().detail().task().state());
    }

    @Test
    void nobodyElseIsSentToARegistryThatHasTooMuchToDo() {
        up("n-a", "node");
        up("n-b", "node");
        want("n-a", false);
        assertEquals(1, leases("n-a").size());
        post("n-a", AgentWords.busy(KEY, Duration.ofSeconds(5)));
        Content other = CONTENT.toBuilder()
                .setKey("sha256-" + "cd".repeat(32))
                .setDigest("")
                .build();
        post("n-b", AgentWords.want(other, "app:2", false));
        tick();
        assertEquals(0, leases("n-b").size());
        now += 5_000_000_000L;
        tick();
        assertEquals(1, leases("n-b").size());
    }

    @Test
    void aWrongWholeIsForgottenAndAskedOfAnother() {
        up("n-seed", "seed");
        up("n-a", "node");
        up("n-b", "node");
        want("n-a", false);
        want("n-b", false);
        runUntilAllHold("n-seed", "n-a", "n-b");
        ports.values().forEach(FakePort::take);

        corrupt("n-a", 0);

        assertTrue(port("n-b").take().stream().anyMatch(SchedulerMessage::hasDiscard));
        assertTrue(port("n-a").take().stream().noneMatch(SchedulerMessage::hasDiscard), "it knows");
        held.clear();
        want("n-a", false);
        want("n-b", false);
        runUntilAllHold("n-a", "n-b");
        assertTrue(held("n-seed").isEmpty(), "whoever brought the wrong whole was asked again");
    }

    @Test
    void aParentWhosePieceIsWrongIsAskedToLookAtItsDisk() {
        up("n-seed", "seed");
        up("n-a", "node");
        want("n-a", false);
        Lease fromSeed = null;
        for (int round = 0; round < 200 && fromSeed == null; round++) {
            port("n-seed").take().forEach(message -> obey("n-seed", message));
            fromSeed =
                    leases("n-a").stream().filter(Lease::hasParent).findFirst().orElse(null);
            tick();
        }
        if (fromSeed == null) {
            throw new AssertionError("nothing was leased from the seed");
        }
        port("n-seed").take();
        corrupt("n-a", fromSeed.getId());
        assertEquals(
                List.of(fromSeed.getRun()),
                port("n-seed").take().stream()
                        .filter(SchedulerMessage::hasRecheck)
                        .map(message -> message.getRecheck().getRun())
                        .toList());
    }

    @Test
    void nodesOfAContentAreIntroducedToEachOther() {
        up("n-a", "node");
        up("n-b", "node");
        want("n-a", false);
        want("n-b", false);
        tick();
        Partners partners = port("n-a").take().stream()
                .filter(message -> message.getPartners().getKey().equals(KEY.value()))
                .toList()
                .getLast()
                .getPartners();
        assertEquals(1, partners.getNodesCount());
        assertEquals("n-b", partners.getNodes(0).getNode());
        byte[] key = Capability.parentKey(CLUSTER_KEY, new NodeId("n-b"), 1);
        byte[] capability = partners.getNodes(0).getCapability().toByteArray();
        assertTrue(Capability.valid(capability, key, KEY, new NodeId("n-a"), millis() + 3_000_000));
    }

    @Test
    void aPingIsAnsweredByTheSchedulersThread() {
        up("n-a", "node");
        post(
                "n-a",
                AgentMessage.newBuilder()
                        .setPing(Ping.newBuilder().setNumber(5))
                        .build());
        assertTrue(port("n-a").take().stream()
                .anyMatch(message -> message.getPong().getNumber() == 5));
    }

    private void corrupt(String node, long lease) {
        post(node, AgentWords.corrupt(KEY, lease));
    }

    private void refuse(String node, Lease lease) {
        post(node, AgentWords.refused(KEY, lease.getId(), 404, "GET blob: the registry answered 404"));
    }

    private void runUntilAllHold(String... nodes) {
        for (int round = 0; round < 2000; round++) {
            for (String node : nodes) {
                Deque<SchedulerMessage> mail = new ArrayDeque<>(port(node).take());
                while (!mail.isEmpty()) {
                    obey(node, mail.poll());
                }
            }
            if (List.of(nodes).stream().allMatch(node -> held(node).size() == PIECES)) {
                return;
            }
            tick();
        }
        throw new AssertionError("not finished: " + held);
    }

    private void obey(String node, SchedulerMessage message) {
        if (message.hasAssist()) {
            assertEquals(CONTENT, message.getAssist().getContent());
            want(node, true);
        }
        for (Lease lease : message.getGrant().getLeasesList()) {
            int first = lease.getRun().getFirst();
            int count = lease.getRun().getCount();
            if (lease.hasParent()) {
                check(node, lease);
                report(node, lease, ByteString.EMPTY);
            } else {
                for (int piece = first; piece < first + count; piece++) {
                    originFetches.merge(piece, 1, Integer::sum);
                }
                report(node, lease, digests(first, count));
            }
        }
    }

    private void check(String child, Lease lease) {
        String parent = lease.getParent().getNode();
        byte[] key = Capability.parentKey(CLUSTER_KEY, new NodeId(parent), 1);
        byte[] capability = lease.getParent().getCapability().toByteArray();
        assertTrue(Capability.valid(capability, key, KEY, new NodeId(child), millis()));
        assertEquals(digests(lease.getRun().getFirst(), lease.getRun().getCount()), lease.getPieceDigests());
        for (int i = 0; i < lease.getRun().getCount(); i++) {
            assertTrue(held(parent).contains(lease.getRun().getFirst() + i), parent + " lacks a leased piece");
        }
    }

    private void report(String node, Lease lease, ByteString digests) {
        for (int i = 0; i < lease.getRun().getCount(); i++) {
            held(node).add(lease.getRun().getFirst() + i);
        }
        post(
                node,
                AgentMessage.newBuilder()
                        .setVerified(Verified.newBuilder()
                                .setKey(KEY.value())
                                .setLease(lease.getId())
                                .setRun(lease.getRun())
                                .setTookMicros(1000)
                                .setPieceDigests(digests))
                        .build());
    }

    private static ByteString digests(int first, int count) {
        byte[] bytes = new byte[32 * count];
        for (int i = 0; i < count; i++) {
            bytes[32 * i] = (byte) (first + i + 1);
        }
        return ByteString.copyFrom(bytes);
    }

    private void announce(String node) {
        post(
                node,
                AgentMessage.newBuilder()
                        .setAnnounce(Announce.newBuilder().setTask("app:1").addContents(CONTENT))
                        .build());
    }

    private void want(String node, boolean assist) {
        post(node, AgentWords.want(CONTENT, "app:1", assist));
    }

    private void up(String id, String role) {
        FakePort port = new FakePort();
        ports.put(id, port);
        Hello hello = Hello.newBuilder().setPeerPort(4000).build();
        desk.handle(new Mail.LinkUp(node(id, role), hello, "127.0.0.1", port), now, millis());
        desk.flush();
    }

    private void post(String node, AgentMessage message) {
        now += 1_000_000;
        desk.handle(new Mail.FromAgent(node(node, "node"), port(node), message), now, millis());
        desk.flush();
    }

    private void tick() {
        now += 100_000_000;
        desk.tick(now, millis());
        desk.flush();
    }

    private List<Lease> leases(String node) {
        return port(node).take().stream()
                .flatMap(message -> message.getGrant().getLeasesList().stream())
                .toList();
    }

    private FakePort port(String node) {
        FakePort port = ports.get(node);
        if (port == null) {
            throw new AssertionError("no link of " + node);
        }
        return port;
    }

    private Set<Integer> held(String node) {
        return held.computeIfAbsent(node, n -> new HashSet<>());
    }

    private static NodeRecord node(String id, String role) {
        return new NodeRecord(id, "c-1", id, id.equals("n-seed") ? "seed" : role, new byte[0], 0);
    }

    private long millis() {
        return 1_000_000 + now / 1_000_000;
    }

    private SchedulingCore core() {
        return new SchedulingCore() {
            @Override
            public List<SwarmCommand> apply(SwarmEvent event, long nowNanos) {
                return scheduler.apply(event, nowNanos);
            }

            @Override
            public boolean isProved(ContentKey content, NodeId exceptBy) {
                return scheduler.isProved(content, exceptBy);
            }

            @Override
            public Optional<SwarmView> view(ContentKey content) {
                return scheduler.view(content);
            }
        };
    }
}
