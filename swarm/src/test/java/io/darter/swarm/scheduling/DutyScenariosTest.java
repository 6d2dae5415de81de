package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators take nodes out of the others' service, and put them back. */
class DutyScenariosTest {
    private static final int PIECES = 32;

    private final FakeSwarm swarm =
            new FakeSwarm(SchedulingPolicy.defaults().withOriginFetchers(OriginFetchers.SEEDS_FIRST));
    private final ContentKey content = swarm.content('d', PIECES, true);

    @Test
    void aCordonedNodeServesNobodyAndIsServed() {
        swarm.holder("cordoned", content);
        swarm.holder("other", content);
        duty("cordoned", false, NodeDuty.CORDONED);
        swarm.node("child");
        swarm.want("child", content);
        ContentKey second = swarm.content('e', PIECES, true);
        swarm.offer("other", second);
        swarm.want("cordoned", second);
        swarm.runUntilComplete(content, "child");
        swarm.runUntilComplete(second, "cordoned");
        assertFalse(swarm.wasGranted("child", "cordoned"));
        assertTrue(swarm.wasGranted("cordoned", "other"));
        assertEquals(List.of(), swarm.originGrants(content));
    }

    @Test
    void whatOnlyACordonedNodeHoldsIsFetchedByAnother() {
        swarm.holder("cordoned", content);
        duty("cordoned", false, NodeDuty.CORDONED);
        swarm.node("child");
        swarm.want("child", content);
        swarm.runUntilComplete(content, "child");
        assertTrue(swarm.originGrants(content).stream()
                .allMatch(granted -> granted.child().equals(FakeSwarm.id("child"))));
        assertFalse(swarm.wasGranted("child", "cordoned"));
    }

    @Test
    void leasesOnACordonedNodeEndWellAndThoseOnADrainingOneAreTakenBack() {
        swarm.holder("parent", content);
        swarm.node("child");
        swarm.want("child", content);
        swarm.round();
        int running = (int) swarm.openLeases().stream()
                .filter(lease -> lease.from("parent"))
                .count();
        assertTrue(running > 0);
        duty("parent", false, NodeDuty.CORDONED);
        assertEquals(
                running,
                swarm.openLeases().stream()
                        .filter(lease -> lease.from("parent"))
                        .count());
        duty("parent", false, NodeDuty.DRAINING);
        assertEquals(
                0,
                swarm.openLeases().stream()
                        .filter(lease -> lease.from("parent"))
                        .count());
        swarm.runUntilComplete(content, "child");
    }

    @Test
    void aCordonedSeedIsNotAskedAndAnUncordonedOneIs() {
        swarm.seed("seed");
        duty("seed", true, NodeDuty.CORDONED);
        swarm.node("a");
        swarm.want("a", content);
        swarm.rounds(4);
        assertEquals(List.of(), swarm.said(SwarmCommand.Assist.class));
        assertEquals(FakeSwarm.id("a"), swarm.originGrants(content).getFirst().child());
        duty("seed", true, NodeDuty.FULL);
        assertEquals(1, swarm.said(SwarmCommand.Assist.class).size());
        swarm.runUntilComplete(content, "a", "seed");
    }

    @Test
    void aCordonedNodeGoesToTheOriginForItselfOnlyWhileNobodyElseWould() {
        swarm.node("cordoned");
        duty("cordoned", false, NodeDuty.CORDONED);
        swarm.want("cordoned", content);
        swarm.rounds(6);
        assertTrue(swarm.have("cordoned", content).count() >= 4, "it is on its own");
        swarm.node("b");
        swarm.want("b", content);
        int before = swarm.originGrants(content).size();
        swarm.runUntilComplete(content, "cordoned", "b");
        assertTrue(swarm.originGrants(content).stream()
                .skip(before)
                .allMatch(granted -> granted.child().equals(FakeSwarm.id("b"))));
        assertTrue(swarm.wasGranted("cordoned", "b"), "the rest it gets from who works for others");
    }

    private void duty(String node, boolean seed, NodeDuty duty) {
        swarm.apply(new SwarmEvent.NodeChanged(FakeSwarm.id(node), new NodeTraits(seed, "", "", duty)));
    }
}
