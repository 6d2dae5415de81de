package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Links break more often than nodes: what a node holds or fetches is not asked from the origin again at once. */
class AbsenceScenariosTest {
    private static final int PIECES = 8;
    private static final long MILLI = 1_000_000L;
    private static final ContentKey CONTENT = ContentKey.ofSha256Hex("c".repeat(64));
    private static final ContentSpec SPEC = new ContentSpec(CONTENT, (long) PIECES << 22, true);
    private static final SchedulingPolicy POLICY = SchedulingPolicy.defaults()
            .withOriginFetchers(OriginFetchers.ANY)
            .withOriginConnectionsPerTask(1)
            .withFixedPieceBytes(4 << 20);
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    private final List<SwarmCommand> said = new ArrayList<>();
    private SwarmScheduler scheduler = new SwarmScheduler(POLICY, 1);
    private long nowNanos;

    @Test
    void whatAFetcherIsAtIsKeptForItWhileItsLinkIsBroken() {
        Lease range = fetchedByA();
        apply(new SwarmEvent.NodeDown(A));
        pass(2_000);
        assertEquals(List.of(), origins(), "nobody else is sent for it yet");
        up(A);
        apply(wanted(A, map(), new SwarmEvent.Fetching(range.id(), range.run())));
        pass(1_000);
        apply(new SwarmEvent.Verified(A, CONTENT, range.id(), range.run(), 60 * MILLI));
        assertFalse(origins().isEmpty(), "and goes on after it");
        assertNotGrantedAgain(range);
    }

    @Test
    void aFetcherThatDoesNotComeBackCostsNoMoreThanTheGrace() {
        Lease range = fetchedByA();
        apply(new SwarmEvent.NodeDown(A));
        pass(Absences.GRACE_NANOS / MILLI + 100);
        assertEquals(range.run().first(), origins().getFirst().run().first());
    }

    @Test
    void aFetcherThatComesBackWithoutItsTransferFreesTheRange() {
        Lease range = fetchedByA();
        apply(new SwarmEvent.NodeDown(A));
        up(A);
        apply(wanted(A, map()));
        assertEquals(range.run().first(), origins().getFirst().run().first(), "it was started anew");
    }

    @Test
    void aLeaseThatWasTakenUpAgainCanFailLikeAnyOther() {
        Lease range = fetchedByA();
        apply(new SwarmEvent.NodeDown(A));
        up(A);
        apply(wanted(A, map(), new SwarmEvent.Fetching(range.id(), range.run())));
        assertNotGrantedAgain(range);
        said.clear();
        apply(new SwarmEvent.LeaseFailed(A, CONTENT, range.id(), FailureReason.UNREACHABLE));
        pass(5_000);
        assertTrue(origins().stream().anyMatch(lease -> overlap(lease.run(), range.run())), () -> "" + origins());
    }

    @Test
    void thePiecesThatOneNodeAloneHoldsAreNotAskedFromTheOriginWhileItsLinkIsBroken() {
        up(A);
        up(B);
        apply(wanted(A, PieceMap.full(PIECES)));
        apply(wanted(B, map()));
        said.clear();
        apply(new SwarmEvent.NodeDown(A));
        pass(1_000);
        assertEquals(List.of(), origins());
        up(A);
        apply(wanted(A, PieceMap.full(PIECES)));
        assertEquals(List.of(), origins());
        assertFalse(grants().isEmpty(), "B has its parent again");
    }

    @Test
    void whoAsksAnewIsToldThatWhatItWasGrantedBeforeIsOver() {
        up(A);
        up(B);
        apply(wanted(A, PieceMap.full(PIECES)));
        apply(wanted(B, map()));
        List<Long> before = grants().stream().map(Lease::id).toList();
        assertFalse(before.isEmpty());
        said.clear();
        apply(wanted(B, map()));
        List<Long> revoked = said.stream()
                .filter(SwarmCommand.Revoke.class::isInstance)
                .map(command -> ((SwarmCommand.Revoke) command).leaseId())
                .toList();
        assertEquals(before, revoked, "or A would send more at once than it should");
    }

    @Test
    void aNewSchedulerHearsWhatNodesHoldAndFetchBeforeItAsksTheOrigin() {
        Lease range = fetchedByA();
        scheduler = new SwarmScheduler(POLICY, 2, 1, nowNanos + 2_000 * MILLI);
        said.clear();
        up(B);
        apply(wanted(B, map(PIECES - 1)));
        pass(1_000);
        assertEquals(List.of(), origins(), "A has not said yet what it does");
        up(A);
        apply(wanted(A, map(), new SwarmEvent.Fetching(range.id(), range.run())));
        assertTrue(grants().stream().anyMatch(lease -> lease.source().equals(new Source.Peer(B))), "peers go on");
        pass(1_500);
        assertNotGrantedAgain(range);
    }

    @Test
    void leasesOfTwoEpochsNeverHaveTheSameNumber() {
        Lease first = fetchedByA();
        scheduler = new SwarmScheduler(POLICY, 1, 1, Long.MIN_VALUE);
        Lease second = fetchedByA();
        assertEquals(first.run(), second.run());
        assertNotEquals(first.id(), second.id());
        assertThrows(IllegalArgumentException.class, () -> new SwarmScheduler(POLICY, 1, -1, Long.MIN_VALUE));
    }

    @Test
    void whereOnlyThoseWhoLiedAreLeftAPullEnds() {
        up(A);
        up(B);
        apply(wanted(A, map(0, 1)));
        apply(wanted(B, map(2, 3)));
        apply(new SwarmEvent.LeaseFailed(B, CONTENT, from(A), FailureReason.CORRUPT));
        apply(new SwarmEvent.LeaseFailed(A, CONTENT, from(B), FailureReason.CORRUPT));
        pass(1_000);
        assertEquals(
                List.of(
                        new SwarmCommand.GiveUp(A, CONTENT, FailureReason.CORRUPT),
                        new SwarmCommand.GiveUp(B, CONTENT, FailureReason.CORRUPT)),
                said.stream()
                        .filter(SwarmCommand.GiveUp.class::isInstance)
                        .map(SwarmCommand.GiveUp.class::cast)
                        .sorted(Comparator.comparing(SwarmCommand.GiveUp::node))
                        .toList());
    }

    private long from(NodeId parent) {
        return grants().stream()
                .filter(lease -> lease.source().equals(new Source.Peer(parent)))
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** A has a lease on the origin, and B waits for what it brings. */
    private Lease fetchedByA() {
        said.clear();
        up(A);
        apply(wanted(A, map()));
        Lease range = origins().getFirst();
        up(B);
        apply(wanted(B, map()));
        said.clear();
        return range;
    }

    private void up(NodeId node) {
        apply(new SwarmEvent.NodeUp(node, new NodeTraits(false, "", "")));
    }

    private static SwarmEvent wanted(NodeId node, PieceMap have, SwarmEvent.Fetching... fetching) {
        return new SwarmEvent.Wanted(node, SPEC, have, true, 0, List.of(fetching));
    }

    private static PieceMap map(int... pieces) {
        PieceMap map = new PieceMap(PIECES);
        for (int piece : pieces) {
            map.set(piece);
        }
        return map;
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 100) {
            nowNanos += 100 * MILLI;
            apply(new SwarmEvent.Tick());
        }
    }

    private void apply(SwarmEvent event) {
        said.addAll(scheduler.apply(event, nowNanos));
    }

    private List<Lease> grants() {
        return said.stream()
                .filter(SwarmCommand.Grant.class::isInstance)
                .map(command -> ((SwarmCommand.Grant) command).lease())
                .toList();
    }

    private List<Lease> origins() {
        return grants().stream()
                .filter(lease -> lease.source() instanceof Source.Origin)
                .toList();
    }

    private void assertNotGrantedAgain(Lease range) {
        assertTrue(origins().stream().noneMatch(lease -> overlap(lease.run(), range.run())), () -> "" + origins());
    }

    private static boolean overlap(PieceRun one, PieceRun other) {
        return one.first() < other.end() && other.first() < one.end();
    }
}
