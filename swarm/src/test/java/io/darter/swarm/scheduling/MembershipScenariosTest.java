package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nodes come, leave and come back with something else. */
class MembershipScenariosTest {
    private static final int PIECES = 16;
    private static final SchedulingPolicy POLICY = SchedulingPolicy.defaults();

    private final FakeSwarm swarm = new FakeSwarm(POLICY);
    private final ContentKey content = swarm.content('c', PIECES, true);

    @Test
    void aNodeIsToldHowTheContentIsCutBeforeItsFirstGrant() {
        swarm.node("a");
        swarm.want("a", content);
        SwarmCommand first = swarm.said.getFirst();
        assertTrue(first instanceof SwarmCommand.Describe, () -> "first was " + first);
        assertFalse(swarm.grants.isEmpty());
    }

    @Test
    void aContentNobodyWantsOrHoldsIsForgotten() {
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", content);
        swarm.release("a", content);
        assertEquals(List.of(), swarm.said(SwarmCommand.Forget.class), "b still wants it");
        swarm.release("b", content);
        assertEquals(List.of(new SwarmCommand.Forget(content)), swarm.said(SwarmCommand.Forget.class));
        assertEquals(Optional.empty(), swarm.scheduler.view(content));
    }

    @Test
    void aContentIsForgottenWhenItsLastNodeDies() {
        swarm.holder("a", content);
        swarm.down("a");
        assertEquals(List.of(new SwarmCommand.Forget(content)), swarm.said(SwarmCommand.Forget.class));
    }

    @Test
    void aForgottenContentCanBeWantedAgain() {
        swarm.node("a");
        swarm.want("a", content);
        swarm.release("a", content);
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a");
    }

    @Test
    void aNodeThatLinksAgainHoldsWhatItSaysNow() {
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(8);
        assertTrue(swarm.view("a", content).orElseThrow().piecesHeld() >= 8);
        swarm.down("a");
        swarm.node("a");
        swarm.wantHaving("a", content, 2, 5, 7);
        assertEquals(3, swarm.view("a", content).orElseThrow().piecesHeld());
        swarm.runUntilComplete(content, "a");
    }

    @Test
    void aLinkThatComesUpTwiceReplacesTheFirst() {
        swarm.holder("a", content);
        swarm.node("a");
        assertEquals(Optional.empty(), swarm.view("a", content), "it has not said yet what it holds");
        swarm.wantHaving("a", content, 1);
        assertEquals(1, swarm.view("a", content).orElseThrow().piecesHeld());
    }

    @Test
    void aNodeThatLostItsDiskIsNoLongerAskedForWhatItLost() {
        swarm.holder("a", content);
        swarm.node("b");
        swarm.want("b", content);
        swarm.rounds(2);
        swarm.wantHaving("a", content);
        assertEquals(0, swarm.view("a", content).orElseThrow().piecesHeld());
        swarm.runUntilComplete(content, "a", "b");
    }

    @Test
    void whatANodeHoldsAlreadyIsNotGrantedToIt() {
        swarm.holder("holder", content);
        swarm.node("a");
        swarm.wantHaving("a", content, 0, 1, 2, 3, 4, 5, 6, 7);
        swarm.runUntilComplete(content, "a");
        assertTrue(
                swarm.grants.stream().allMatch(granted -> granted.lease().run().first() >= 8));
    }

    @Test
    void eventsOfNodesAndContentsThatAreNotThereAreIgnored() {
        swarm.apply(
                swarm.wanted("stranger", content, true),
                new SwarmEvent.Verified(FakeSwarm.id("stranger"), content, 1, PieceRun.of(0), 1),
                new SwarmEvent.LeaseFailed(FakeSwarm.id("stranger"), content, 1, FailureReason.STALLED),
                new SwarmEvent.ReaderMoved(FakeSwarm.id("stranger"), content, 1),
                new SwarmEvent.Released(FakeSwarm.id("stranger"), content),
                new SwarmEvent.NodeDown(FakeSwarm.id("stranger")));
        assertEquals(List.of(), swarm.said);
        assertEquals(Optional.empty(), swarm.scheduler.view(content));
    }

    @Test
    void reportsOfLeasesThatAreOverOrNeverWereChangeNoLease() {
        swarm.node("a");
        swarm.want("a", content);
        int before = swarm.grants.size();
        swarm.apply(
                new SwarmEvent.LeaseFailed(FakeSwarm.id("a"), content, 999, FailureReason.ORIGIN_REFUSED),
                new SwarmEvent.Verified(FakeSwarm.id("a"), content, 999, new PieceRun(PIECES - 1, 2), 1));
        assertEquals(before, swarm.grants.size());
        assertEquals(0, swarm.view("a", content).orElseThrow().piecesHeld(), "there are not so many pieces");
        swarm.runUntilComplete(content, "a");
    }

    @Test
    void aPreheatThatSomebodyWaitsForGoesOnAsLive() {
        swarm.node("a");
        swarm.apply(swarm.wanted("a", content, false));
        swarm.rounds(4);
        int held = swarm.view("a", content).orElseThrow().piecesHeld();
        swarm.want("a", content);
        assertTrue(swarm.view("a", content).orElseThrow().live());
        assertEquals(held, swarm.view("a", content).orElseThrow().piecesHeld());
        assertEquals(List.of(), swarm.said(SwarmCommand.Revoke.class), "what was under way goes on");
        swarm.runUntilComplete(content, "a");
    }

    @Test
    void anEmptyContentNeedsNoGrant() {
        ContentKey empty = swarm.content('e', 0, true);
        swarm.node("a");
        swarm.want("a", empty);
        swarm.tick(1);
        assertEquals(List.of(), swarm.grants);
        assertFalse(swarm.view("a", empty).orElseThrow().wanting());
    }

    @Test
    void sameEventsSameCommands() {
        assertEquals(commandsOfAScenario(), commandsOfAScenario());
    }

    private static List<SwarmCommand> commandsOfAScenario() {
        FakeSwarm swarm = new FakeSwarm(POLICY);
        ContentKey content = swarm.content('c', PIECES, true);
        String[] names = IntStream.range(0, 30).mapToObj(i -> "n" + i).toArray(String[]::new);
        for (String name : names) {
            swarm.node(name);
            swarm.want(name, content);
        }
        swarm.rounds(5);
        swarm.down("n3");
        swarm.corrupt("n4");
        swarm.node("n3");
        swarm.want("n3", content);
        swarm.runUntilComplete(content, names);
        return swarm.said;
    }
}
