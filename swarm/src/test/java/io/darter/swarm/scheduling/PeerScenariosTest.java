package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FakeSwarm.Granted;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who gets which pieces from whom. */
class PeerScenariosTest {
    private static final int PIECES = 32;
    private static final SchedulingPolicy POLICY = SchedulingPolicy.defaults();

    private FakeSwarm swarm = new FakeSwarm(POLICY);
    private ContentKey content = swarm.content('c', PIECES, true);

    @Test
    void whoReadsFromTheMiddleGetsNothingBeforeItUntilThatIsUnderWay() {
        swarm.holder("full", content);
        for (String other : List.of("b", "c", "d")) {
            swarm.node(other);
            swarm.want(other, content);
        }
        swarm.node("a");
        swarm.apply(swarm.wantedFrom("a", content, 16));
        for (int left = 400; swarm.have("a", content).nextClear(16) < 24; left--) {
            assertTrue(left > 0, "what is read never comes: " + piecesOf("a"));
            swarm.round();
        }
        List<Integer> before =
                piecesOf("a").stream().takeWhile(piece -> piece != 16).toList();
        assertTrue(before.stream().allMatch(piece -> piece > 16), () -> "granted: " + piecesOf("a"));
    }

    @Test
    void whoReadsFromTheMiddleOfWhatOneHoldsGetsItInOrder() {
        swarm.holder("full", content);
        swarm.node("a");
        swarm.apply(swarm.wantedFrom("a", content, 16));
        swarm.runUntilComplete(content, "a");
        assertEquals(IntStream.range(16, PIECES).boxed().toList(), piecesOf("a").subList(0, PIECES - 16));
    }

    @Test
    void aReaderAloneWithWhoHoldsAllGetsItInOrder() {
        swarm.holder("full", content);
        swarm.node("a");
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a");
        assertEquals(IntStream.range(0, swarm.pieces(content)).boxed().toList(), piecesOf("a"));
    }

    private List<Integer> piecesOf(String node) {
        return swarm.grants.stream()
                .filter(granted -> granted.child().equals(FakeSwarm.id(node)))
                .flatMap(granted -> IntStream.range(
                                granted.lease().run().first(),
                                granted.lease().run().end())
                        .boxed())
                .toList();
    }

    @Test
    void nodesGetPiecesWhileTheSeedStillFetchesAndFromEachOther() {
        swarm.seed("seed");
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", content);
        swarm.runUntilComplete(content, "a", "b");
        assertTrue(swarm.grants.stream().anyMatch(granted -> granted.from("seed") && granted.sourceHeld() < PIECES));
        assertTrue(swarm.wasGranted("a", "b") || swarm.wasGranted("b", "a"), "from each other");
        assertTrue(
                swarm.grants.stream()
                        .anyMatch(granted -> (granted.from("a") || granted.from("b"))
                                && granted.sourceHeld() < PIECES
                                && !granted.child().equals(FakeSwarm.id("seed"))),
                "before they had everything themselves");
    }

    @Test
    void aFinishedHolderServesAllAndTheOriginIsNotAsked() {
        swarm.holder("holder", content);
        assertEquals(
                new SwarmView.PeerView(FakeSwarm.id("holder"), PIECES, false, false),
                swarm.view("holder", content).orElseThrow());
        swarm.node("a");
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a");
        assertEquals(List.of(), swarm.originGrants(content));
    }

    @Test
    void aParentThatSendsWrongBytesIsNotAskedAgain() {
        swarm.holder("liar", content);
        swarm.holder("honest", content);
        swarm.corrupt("liar");
        swarm.node("a");
        swarm.want("a", content);
        swarm.round();
        assertTrue(swarm.wasGranted("a", "liar"), "it was asked at first");
        int before = swarm.grants.size();
        swarm.runUntilComplete(content, "a");
        assertTrue(swarm.grants.subList(before, swarm.grants.size()).stream().noneMatch(later -> later.from("liar")));
        assertEquals(List.of(), swarm.originGrants(content), "the other holder has it all");
    }

    @Test
    void whatOnlyALiarHoldsIsFetchedFromTheOrigin() {
        swarm.holder("liar", content);
        swarm.corrupt("liar");
        swarm.node("a");
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a");
        assertFalse(swarm.originGrants(content).isEmpty());
    }

    @Test
    void aNodeThatIsDownIsNoParent() {
        swarm.holder("gone", content);
        swarm.holder("there", content);
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(2);
        assertTrue(swarm.wasGranted("a", "gone"));
        int before = swarm.grants.size();
        swarm.down("gone");
        swarm.runUntilComplete(content, "a");
        assertTrue(swarm.grants.subList(before, swarm.grants.size()).stream().noneMatch(later -> later.from("gone")));
    }

    @Test
    void leasesOnANodeThatGoesDownAreRevoked() {
        swarm.holder("gone", content);
        swarm.node("a");
        swarm.want("a", content);
        List<Long> leases =
                swarm.openLeases().stream().map(open -> open.lease().id()).toList();
        assertFalse(leases.isEmpty());
        swarm.down("gone");
        assertTrue(swarm.said(SwarmCommand.Revoke.class).stream()
                .map(SwarmCommand.Revoke::leaseId)
                .toList()
                .containsAll(leases));
    }

    @Test
    void aParentNeverHasMoreLeasesThanItsQueue() {
        use(POLICY.withQueuePerParent(2));
        swarm.holder("holder", content);
        String[] names = new String[20];
        for (int i = 0; i < names.length; i++) {
            names[i] = "n" + i;
            swarm.node(names[i]);
            swarm.want(names[i], content);
        }
        swarm.runUntilComplete(content, names);
        assertEquals(2, swarm.mostLeasesOnAParent);
    }

    @Test
    void theQueueOfAParentIsOneOverAllContents() {
        use(POLICY.withQueuePerParent(2));
        ContentKey other = swarm.content('d', PIECES, true);
        swarm.holder("holder", content);
        swarm.offer("holder", other);
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", other);
        swarm.runUntilComplete(content, "a");
        swarm.runUntilComplete(other, "b");
        assertTrue(swarm.mostLeasesOnAParent <= 2);
    }

    /** A link that carries little because nobody asks is a link lost, and would never show that it is fast. */
    @Test
    void whoWasSlowAtFirstIsAskedAsOftenAsTheOthersLater() {
        content = swarm.content('e', 4 * PIECES, true);
        swarm.holder("fast", content);
        swarm.holder("late", content);
        swarm.slow("late", 16);
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(16);
        swarm.slow("late", 1);
        int before = grantsOn("late");
        swarm.runUntilComplete(content, "a");
        int after = grantsOn("late") - before;
        assertTrue(after > PIECES, after + " of " + 4 * PIECES + " pieces");
    }

    private int grantsOn(String parent) {
        return (int) swarm.said(SwarmCommand.Grant.class).stream()
                .filter(grant -> grant.lease().source().equals(new Source.Peer(new NodeId(parent))))
                .count();
    }

    @Test
    void whatWaitsAtAMuchSlowerParentIsTakenBackAndComesFromElsewhere() {
        swarm.holder("fast", content);
        swarm.holder("slow", content);
        swarm.slow("slow", 60);
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(2);
        List<Long> atSlow = swarm.openLeases().stream()
                .filter(open -> open.from("slow"))
                .map(open -> open.lease().id())
                .toList();
        assertFalse(atSlow.isEmpty(), "it was asked before it was known to be slow");
        swarm.runUntilComplete(content, "a");
        assertTrue(swarm.nowNanos < 2L * PIECES * FakeSwarm.ROUND_NANOS, "nobody waited for the slow one");
        assertTrue(
                swarm.said(SwarmCommand.Revoke.class).stream().anyMatch(revoke -> atSlow.contains(revoke.leaseId())));
    }

    @Test
    void aParentThatStallsIsLeftAloneForAWhile() {
        swarm.holder("dumb", content);
        swarm.holder("fine", content);
        swarm.node("a");
        swarm.want("a", content);
        List<Granted> stalled =
                swarm.openLeases().stream().filter(open -> open.from("dumb")).toList();
        assertFalse(stalled.isEmpty());
        stalled.forEach(lease -> swarm.fail(lease, FailureReason.STALLED));
        int before = swarm.grants.size();
        swarm.rounds(3);
        assertTrue(swarm.grants.subList(before, swarm.grants.size()).stream().noneMatch(later -> later.from("dumb")));
        swarm.runUntilComplete(content, "a");
    }

    @Test
    void aLivePullGoesBeforePreheatsThatCameFirst() {
        use(POLICY.withQueuePerParent(2));
        swarm.holder("holder", content);
        String[] preheats = {"p0", "p1", "p2", "p3", "p4", "p5"};
        for (String name : preheats) {
            swarm.node(name);
            swarm.apply(swarm.wanted(name, content, false));
        }
        swarm.rounds(3);
        swarm.node("live");
        swarm.want("live", content);
        swarm.runUntilComplete(content, "live");
        for (String name : preheats) {
            assertFalse(swarm.have(name, content).isFull(), () -> name + " was finished before the live pull");
        }
        swarm.runUntilComplete(content, preheats);
    }

    @Test
    void ofTwoThatAskTogetherTheLiveOneIsServedFirst() {
        use(POLICY.withQueuePerParent(2));
        swarm.holder("holder", content);
        swarm.node("preheat");
        swarm.node("live");
        swarm.apply(swarm.wanted("preheat", content, false), swarm.wanted("live", content, true));
        assertFalse(swarm.grants.isEmpty());
        assertEquals(FakeSwarm.id("live"), swarm.grants.getFirst().child());
    }

    @Test
    void aLiveReaderIsFedFromWhereItReads() {
        content = swarm.content('f', 512, true);
        swarm.holder("holder", content);
        swarm.node("a");
        swarm.apply(swarm.wanted("a", content, true), new SwarmEvent.ReaderMoved(FakeSwarm.id("a"), content, 300));
        assertFalse(swarm.grants.isEmpty());
        assertTrue(swarm.grants.stream().allMatch(first -> first.lease().run().first() >= 300));
    }

    @Test
    void theSameRackIsPreferred() {
        swarm.node("far", "z2", "r1");
        swarm.node("near", "z1", "r1");
        swarm.offer("far", content);
        swarm.offer("near", content);
        swarm.node("a", "z1", "r1");
        swarm.want("a", content);
        assertEquals(
                new Source.Peer(FakeSwarm.id("near")),
                swarm.grants.getFirst().lease().source());
    }

    private void use(SchedulingPolicy policy) {
        swarm = new FakeSwarm(policy);
        content = swarm.content('c', PIECES, true);
    }
}
