package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FakeSwarm.Granted;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is sent to the origin, for what, and how often. */
class OriginScenariosTest {
    private static final int PIECES = 32;
    private static final SchedulingPolicy SEEDS_FIRST =
            SchedulingPolicy.defaults().withOriginFetchers(OriginFetchers.SEEDS_FIRST);
    private static final SchedulingPolicy ANY = SchedulingPolicy.defaults().withOriginFetchers(OriginFetchers.ANY);

    private FakeSwarm swarm = new FakeSwarm(SEEDS_FIRST);
    private ContentKey content = swarm.content('c', PIECES, true);

    @Test
    void aSeedIsAskedToAssistAndOnlyItFetchesFromTheOrigin() {
        swarm.seed("seed");
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", content);
        swarm.runUntilComplete(content, "a", "b", "seed");
        assertEquals(1, swarm.said(SwarmCommand.Assist.class).size());
        assertTrue(swarm.originGrants(content).stream()
                .allMatch(granted -> granted.child().equals(FakeSwarm.id("seed"))));
        assertFetchedOnce();
    }

    @Test
    void whoReadsFromTheMiddleGetsTheMiddleFirst() {
        use(ANY);
        swarm.node("a");
        swarm.apply(swarm.wantedFrom("a", content, 16));
        assertEquals(16, swarm.originLease().lease().run().first());
        swarm.runUntilComplete(content, "a");
        assertFetchedOnce();
    }

    @Test
    void aSeedFetchesFirstWhereItsChildrenRead() {
        swarm.seed("seed");
        swarm.node("a");
        swarm.apply(swarm.wantedFrom("a", content, 16));
        swarm.runUntilComplete(content, "a", "seed");
        assertEquals(16, swarm.originGrants(content).getFirst().lease().run().first());
        assertFetchedOnce();
    }

    @Test
    void twoSeedsTakeDifferentPartsOfOneContent() {
        swarm.seed("seed-1");
        swarm.seed("seed-2");
        swarm.node("a");
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a", "seed-1", "seed-2");
        assertEquals(
                List.of("seed-1", "seed-2"),
                swarm.originGrants(content).stream()
                        .map(granted -> granted.child().value())
                        .distinct()
                        .sorted()
                        .toList());
        assertFetchedOnce();
    }

    @Test
    void aSeedThatNeverAnswersIsPassedOver() {
        swarm.muteSeed("seed");
        swarm.node("a");
        swarm.want("a", content);
        assertEquals(1, swarm.said(SwarmCommand.Assist.class).size());
        assertEquals(List.of(), swarm.openLeases(), "the seed is waited for");
        swarm.tick(SEEDS_FIRST.assistNanos() + 1);
        assertEquals(FakeSwarm.id("a"), swarm.originLease().child());
        swarm.runUntilComplete(content, "a");

        ContentKey next = swarm.content('d', PIECES, true);
        swarm.want("a", next);
        assertEquals(FakeSwarm.id("a"), swarm.originLease().child(), "and keeps nobody waiting again");
    }

    @Test
    void withoutASeedAnyNodeFetchesAtOnce() {
        swarm.node("a");
        swarm.want("a", content);
        assertEquals(FakeSwarm.id("a"), swarm.originLease().child());
        assertEquals(List.of(), swarm.said(SwarmCommand.Assist.class));
    }

    @Test
    void whereOnlySeedsMayFetchNobodyElseDoesAndAllWaitForOne() {
        use(SEEDS_FIRST.withOriginFetchers(OriginFetchers.SEEDS));
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(200);
        assertEquals(List.of(), swarm.grants);
        swarm.seed("seed");
        swarm.runUntilComplete(content, "a");
        assertTrue(swarm.originGrants(content).stream()
                .allMatch(granted -> granted.child().equals(FakeSwarm.id("seed"))));
    }

    @Test
    void noPieceIsGrantedFromTheOriginTwice() {
        use(ANY);
        String[] names = nodes(12);
        swarm.runUntilComplete(content, names);
        assertFetchedOnce();
        assertEquals(PIECES, swarm.scheduler.view(content).orElseThrow().originPiecesGranted());
    }

    @Test
    void thereAreNeverMoreOriginConnectionsThanThePolicySays() {
        use(ANY.withOriginConnectionsPerTask(2));
        String[] names = nodes(12);
        swarm.runUntilComplete(content, names);
        assertEquals(2, swarm.mostOriginConnections);
    }

    @Test
    void aDeadFetchersPiecesAreFetchedAgainOnlyWhereNobodyGotThem() {
        use(ANY.withOriginConnectionsPerTask(1));
        swarm.node("a");
        swarm.want("a", content);
        swarm.node("b");
        swarm.want("b", content);
        swarm.rounds(12);
        String fetcher = swarm.originGrants(content).getLast().child().value();
        String survivor = fetcher.equals("a") ? "b" : "a";
        int[] missing = missing(swarm.have(survivor, content));
        assertTrue(missing.length < PIECES, "the survivor had something already");
        int before = swarm.grants.size();
        swarm.down(fetcher);
        swarm.runUntilComplete(content, survivor);
        assertArrayEquals(missing, piecesGranted(swarm.originTimes(content, before)));
    }

    @Test
    void whatAFetcherDeliveredBeforeItFailedIsNotFetchedAgain() {
        use(ANY.withOriginConnectionsPerTask(1));
        swarm.node("a");
        swarm.want("a", content);
        Granted first = swarm.originLease();
        swarm.deliver(first, FakeSwarm.ROUND_NANOS);
        swarm.fail(first, FailureReason.UNREACHABLE);
        swarm.runUntilComplete(content, "a");
        int[] times = swarm.originTimes(content, 0);
        assertEquals(1, times[first.lease().run().first()], "delivered before the failure");
        assertEquals(2, times[first.lease().run().last()], "lost with the failure");
        assertEquals(PIECES, piecesGranted(times).length);
    }

    @Test
    void thePiecesOfTheLastHolderAreAskedFromTheOriginAgain() {
        swarm.holder("holder", content);
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(5);
        assertEquals(List.of(), swarm.originGrants(content));
        int[] missing = missing(swarm.have("a", content));
        swarm.down("holder");
        swarm.runUntilComplete(content, "a");
        assertArrayEquals(missing, piecesGranted(swarm.originTimes(content, 0)));
        assertFetchedAtMostOnce();
    }

    @Test
    void anOriginWithoutRangesIsStreamedByOneNodeInOneLease() {
        use(ANY);
        content = swarm.content('e', PIECES, false);
        String[] names = nodes(6);
        swarm.runUntilComplete(content, names);
        assertEquals(1, swarm.originGrants(content).size());
        assertEquals(
                new PieceRun(0, PIECES),
                swarm.originGrants(content).getFirst().lease().run());
    }

    @ParameterizedTest
    @EnumSource(names = {"ORIGIN_REFUSED", "MISSING"})
    void anOriginThatRefusesTheOnlyNodeEndsItsWait(FailureReason reason) {
        swarm.node("a");
        swarm.want("a", content);
        refuseAll(reason);
        assertEquals(
                List.of(new SwarmCommand.GiveUp(FakeSwarm.id("a"), content, reason)),
                swarm.said(SwarmCommand.GiveUp.class));
    }

    @Test
    void anOriginThatRefusesEndsTheWaitOfEveryNodeOnce() {
        use(ANY);
        String[] names = nodes(5);
        refuseAll(FailureReason.ORIGIN_REFUSED);
        assertEquals(
                List.of(names),
                swarm.said(SwarmCommand.GiveUp.class).stream()
                        .map(giveUp -> giveUp.node().value())
                        .sorted()
                        .toList());
    }

    @Test
    void aRefusalDoesNotEndTheWaitOfWhoeverFindsAllWithPeers() {
        swarm.holder("holder", content);
        swarm.node("a");
        swarm.want("a", content);
        refuseAll(FailureReason.ORIGIN_REFUSED);
        swarm.runUntilComplete(content, "a");
        assertEquals(List.of(), swarm.said(SwarmCommand.GiveUp.class));
    }

    @Test
    void whoAsksAgainAfterARefusalIsSentAgain() {
        swarm.node("a");
        swarm.want("a", content);
        refuseAll(FailureReason.ORIGIN_REFUSED);
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a");
    }

    @Test
    void aContentThatChangesAtTheOriginIsGivenUpAtOnce() {
        use(ANY);
        nodes(5);
        swarm.fail(
                swarm.openLeases().stream()
                        .filter(Granted::fromOrigin)
                        .findFirst()
                        .orElseThrow(),
                FailureReason.CHANGED);
        assertTrue(swarm.said(SwarmCommand.GiveUp.class).stream()
                .allMatch(giveUp -> giveUp.reason() == FailureReason.CHANGED));
        assertEquals(5, swarm.said(SwarmCommand.GiveUp.class).size());
    }

    @Test
    void anOriginLeaseThatNeverMovesIsGrantedToSomebodyElse() {
        use(ANY.withOriginConnectionsPerTask(1));
        swarm.node("a");
        swarm.want("a", content);
        Granted stuck = swarm.originLease();
        swarm.node("b");
        swarm.want("b", content);
        swarm.tick(ANY.leaseNanos() + 1);
        assertEquals(FakeSwarm.id("b"), swarm.originLease().child());
        assertTrue(swarm.said(SwarmCommand.Revoke.class).stream()
                .anyMatch(revoke -> revoke.leaseId() == stuck.lease().id()));
    }

    private void use(SchedulingPolicy policy) {
        swarm = new FakeSwarm(policy);
        content = swarm.content('c', PIECES, true);
    }

    /** Nodes n0, n1, ... that all want the content. */
    private String[] nodes(int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = "n" + i;
            swarm.node(names[i]);
        }
        for (String name : names) {
            swarm.want(name, content);
        }
        return names;
    }

    /** Whoever is sent to the origin comes back with this answer, until nobody is sent for a while. */
    private void refuseAll(FailureReason reason) {
        for (int round = 0; round < 20; round++) {
            for (Granted granted : swarm.openLeases()) {
                if (granted.fromOrigin() && swarm.openLeases().contains(granted)) {
                    swarm.fail(granted, reason);
                }
            }
            swarm.tick(100_000_000L);
        }
    }

    private void assertFetchedOnce() {
        int[] once = new int[PIECES];
        Arrays.fill(once, 1);
        assertArrayEquals(once, swarm.originTimes(content, 0));
    }

    private void assertFetchedAtMostOnce() {
        int[] times = swarm.originTimes(content, 0);
        assertTrue(
                Arrays.stream(times).allMatch(time -> time <= 1),
                () -> Arrays.stream(times).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
    }

    private static int[] missing(PieceMap map) {
        int[] pieces = new int[map.pieces() - map.count()];
        int next = 0;
        for (int piece = map.nextClear(0); piece < map.pieces(); piece = map.nextClear(piece + 1)) {
            pieces[next++] = piece;
        }
        return pieces;
    }

    private static int[] piecesGranted(int[] times) {
        int[] pieces =
                new int[(int) Arrays.stream(times).filter(time -> time > 0).count()];
        int next = 0;
        for (int piece = 0; piece < times.length; piece++) {
            if (times[piece] > 0) {
                pieces[next++] = piece;
            }
        }
        return pieces;
    }
}
