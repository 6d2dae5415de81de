package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwarmSchedulerTest {
    @Test
    void threeNodesAndASeedGetEverythingAndTheOriginSendsItOnce() {
        Scene scene = new Scene(OriginFetchers.SEEDS_FIRST);
        for (String name : List.of("seed", "a", "b", "c")) {
            scene.up(name);
        }
        for (String name : List.of("a", "b", "c")) {
            scene.wants(name);
        }
        assertEquals(1, scene.said(SwarmCommand.Assist.class).size());
        assertTrue(scene.open().isEmpty());

        scene.wants("seed", null, false);
        scene.everythingArrives();

        for (String name : List.of("seed", "a", "b", "c")) {
            scene.assertHasAll(name);
        }
        scene.assertEachPieceGrantedOnceFromTheOrigin();
        for (String name : List.of("a", "b", "c")) {
            scene.assertNeverFromOrigin(name);
        }
    }

    @Test
    void aSeedThatDoesNotAnswerIsPassedOver() {
        Scene scene = new Scene(OriginFetchers.SEEDS_FIRST);
        scene.up("seed");
        scene.up("a");
        scene.wants("a");
        scene.passes(Duration.ofSeconds(1));
        assertTrue(scene.open().isEmpty());
        scene.passes(Duration.ofSeconds(1));
        assertEquals(1, scene.fromOrigin("a").size());
    }

    @Test
    void withoutASeedTheFirstNodeFetchesAtOnce() {
        Scene scene = new Scene(OriginFetchers.SEEDS_FIRST);
        scene.up("a");
        scene.wants("a");
        assertEquals(1, scene.fromOrigin("a").size());
        scene.everythingArrives();
        scene.assertHasAll("a");
        scene.assertEachPieceGrantedOnceFromTheOrigin();
    }

    @Test
    void seedsOnlyMeansThatNobodyElseFetches() {
        Scene scene = new Scene(OriginFetchers.SEEDS);
        scene.up("a");
        scene.wants("a");
        scene.passes(Duration.ofSeconds(5));
        assertTrue(scene.open().isEmpty());
        scene.up("seed");
        assertEquals(1, scene.said(SwarmCommand.Assist.class).size());
        scene.wants("seed", null, false);
        assertEquals(1, scene.fromOrigin("seed").size());
    }

    @Test
    void aDeadFetchersRemainderIsGrantedAgainAndNoMore() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.wants("a");
        SwarmCommand.Grant first = scene.fromOrigin("a").getFirst();
        PieceRun run = first.lease().run();
        scene.up("b");
        scene.wants("b");
        scene.delivers(first, run.first(), 1);
        scene.delivers(scene.fromPeer("b", "a").getFirst());

        scene.down("a");

        scene.everythingArrives();
        assertEquals(1, scene.timesGrantedFromOrigin(run.first()), "b had it from a");
        for (int piece = run.first() + 1; piece < run.end(); piece++) {
            assertEquals(2, scene.timesGrantedFromOrigin(piece));
        }
        scene.assertHasAll("b");
    }

    @Test
    void whatOnlyALostHolderHadIsFetchedAgain() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.up("b");
        scene.holdsAll("a");
        scene.wants("b");
        assertFalse(scene.fromPeer("b", "a").isEmpty());
        scene.assertNeverFromOrigin("b");

        scene.down("a");

        assertFalse(scene.fromOrigin("b").isEmpty());
        scene.everythingArrives();
        scene.assertHasAll("b");
    }

    @Test
    void aCorruptParentIsNeverAskedAgainForThatContent() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("liar");
        scene.up("honest");
        scene.up("child");
        scene.holdsAll("liar");
        scene.holdsAll("honest");
        scene.wants("child");
        scene.fails(scene.fromPeer("child", "liar").getFirst(), FailureReason.CORRUPT);
        for (int i = 0; i < Scene.PIECES; i++) {
            assertTrue(scene.fromPeer("child", "liar").isEmpty());
            if (!scene.open().isEmpty()) {
                scene.delivers(scene.open().getFirst());
            }
        }
        scene.assertHasAll("child");
        scene.assertNeverFromOrigin("child");
    }

    @Test
    void whenTheOnlyHolderIsUnreachableTheOriginIsAsked() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.up("b");
        scene.holdsAll("a");
        scene.wants("b");
        for (int i = 0; i < 50 && scene.fromOrigin("b").isEmpty(); i++) {
            for (SwarmCommand.Grant grant : scene.fromPeer("b", "a")) {
                scene.fails(grant, FailureReason.UNREACHABLE);
            }
            scene.passes(Duration.ofMillis(100));
        }
        assertFalse(scene.fromOrigin("b").isEmpty());
    }

    @Test
    void anOriginWithoutRangesHasOneFetcherForAllOfIt() {
        Scene scene = new Scene(OriginFetchers.ANY).withoutRanges();
        for (String name : List.of("a", "b", "c")) {
            scene.up(name);
            scene.wants(name);
        }
        assertEquals(1, scene.open().size());
        assertEquals(
                new PieceRun(0, Scene.PIECES), scene.open().getFirst().lease().run());
        SwarmCommand.Grant all = scene.open().getFirst();
        for (int piece = 0; piece < Scene.PIECES; piece++) {
            scene.delivers(all, piece, 1);
        }
        scene.everythingArrives();
        scene.assertEachPieceGrantedOnceFromTheOrigin();
    }

    @Test
    void atMostThreeNodesFetchAtOnceAndDifferentRanges() {
        Scene scene = new Scene(OriginFetchers.ANY);
        for (int i = 0; i < 10; i++) {
            scene.up("n" + i);
            scene.wants("n" + i);
        }
        assertEquals(3, scene.open().size());
        assertEquals(
                3,
                scene.open().stream().map(SwarmCommand.Grant::node).distinct().count());
        scene.everythingArrives();
        scene.assertEachPieceGrantedOnceFromTheOrigin();
    }

    @Test
    void aRefusingOriginIsTriedThreeTimesThenTheWantersAreTold() {
        Scene scene = new Scene(OriginFetchers.ANY);
        for (int i = 0; i < 5; i++) {
            scene.up("n" + i);
            scene.wants("n" + i);
        }
        for (int tries = 0; tries < 3; tries++) {
            assertEquals(0, scene.said(SwarmCommand.GiveUp.class).size());
            scene.fails(scene.open().getFirst(), FailureReason.ORIGIN_REFUSED);
        }
        assertEquals(5, scene.said(SwarmCommand.GiveUp.class).size());
        assertEquals(
                FailureReason.ORIGIN_REFUSED,
                scene.said(SwarmCommand.GiveUp.class).getFirst().reason());
        assertTrue(scene.open().isEmpty());

        scene.wants("n0");
        assertFalse(scene.fromOrigin("n0").isEmpty(), "a new want is a new chance");
    }

    @Test
    void oneNodeWithARefusingOriginIsToldAfterItsOwnRefusals() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.wants("a");
        for (int i = 0; i < 100 && scene.said(SwarmCommand.GiveUp.class).isEmpty(); i++) {
            for (SwarmCommand.Grant grant : scene.open()) {
                scene.fails(grant, FailureReason.ORIGIN_REFUSED);
            }
            scene.passes(Duration.ofMillis(100));
        }
        assertEquals(1, scene.said(SwarmCommand.GiveUp.class).size());
    }

    @Test
    void aNodeThatComesBackWithAllItHadIsGrantedOnlyTheRest() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        PieceMap have = PieceMap.full(Scene.PIECES);
        have.clear(63);
        scene.wants("a", have, true);
        assertEquals(
                List.of(new PieceRun(63, 1)),
                scene.open().stream().map(g -> g.lease().run()).toList());
        scene.down("a");
        scene.up("a");
        scene.wants("a", have, true);
        assertEquals(
                List.of(new PieceRun(63, 1)),
                scene.open().stream().map(g -> g.lease().run()).toList());
    }

    @Test
    void aContentIsForgottenWithItsLastNode() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.up("b");
        scene.wants("a");
        scene.wants("b");
        scene.tell(new SwarmEvent.Released(Scene.node("a"), Scene.CONTENT));
        assertTrue(scene.said(SwarmCommand.Forget.class).isEmpty());
        scene.down("b");
        assertEquals(1, scene.said(SwarmCommand.Forget.class).size());
        assertTrue(scene.scheduler.view(Scene.CONTENT).isEmpty());
    }

    @Test
    void aLeaseWithoutProgressIsTakenBackInTheEnd() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.wants("a");
        long id = scene.open().getFirst().lease().id();
        scene.passes(Duration.ofSeconds(31));
        assertEquals(id, scene.said(SwarmCommand.Revoke.class).getFirst().leaseId());
        scene.passes(Duration.ofSeconds(31));
        assertFalse(scene.fromOrigin("a").isEmpty());
    }

    @Test
    void aReturnedLeaseIsGrantedElsewhereOrLater() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.wants("a");
        scene.fails(scene.open().getFirst(), FailureReason.RETURNED);
        scene.passes(Duration.ofMillis(200));
        assertEquals(1, scene.fromOrigin("a").size());
    }

    @Test
    void aLivePullGoesBeforeAPreheat() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("holder");
        scene.holdsAll("holder");
        scene.up("preheat");
        scene.wants("preheat", null, false);
        scene.up("live");
        scene.wants("live", null, true);
        SwarmCommand.Grant done = scene.fromPeer("preheat", "holder").getFirst();
        scene.delivers(done);
        assertTrue(scene.fromPeer("live", "holder").size()
                >= scene.fromPeer("preheat", "holder").size());
    }

    @Test
    void anEmptyContentIsDescribedAndThatIsAll() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.tell(new SwarmEvent.Wanted(Scene.node("a"), new ContentSpec(Scene.CONTENT, 0, true), null, true));
        assertEquals(1, scene.said.size());
        assertTrue(scene.said.getFirst() instanceof SwarmCommand.Describe);
    }

    @Test
    void eventsOfUnknownNodesAreIgnored() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.wants("ghost");
        scene.tell(new SwarmEvent.Verified(Scene.node("ghost"), Scene.CONTENT, 1, PieceRun.of(0), 1));
        scene.tell(new SwarmEvent.LeaseFailed(Scene.node("ghost"), Scene.CONTENT, 1, FailureReason.STALLED));
        scene.tell(new SwarmEvent.Released(Scene.node("ghost"), Scene.CONTENT));
        assertTrue(scene.said.isEmpty());
    }

    @Test
    void aPreheatThatTurnsLiveKeepsItsLeases() {
        Scene scene = new Scene(OriginFetchers.ANY);
        scene.up("a");
        scene.wants("a", null, false);
        SwarmCommand.Grant before = scene.fromOrigin("a").getFirst();
        scene.wants("a", null, true);
        assertTrue(scene.open().contains(before));
        scene.everythingArrives();
        scene.assertEachPieceGrantedOnceFromTheOrigin();
    }

    @Test
    void sameSeedSameEventsSameCommands() {
        assertEquals(story(), story());
        assertNotEquals(List.of(), story());
    }

    private static List<SwarmCommand> story() {
        Scene scene = new Scene(OriginFetchers.ANY);
        for (int i = 0; i < 20; i++) {
            scene.up("n" + i);
            scene.wants("n" + i);
        }
        scene.everythingArrives();
        for (int i = 0; i < 20; i++) {
            scene.assertHasAll(new NodeId("n" + i).value());
        }
        return scene.said;
    }
}
