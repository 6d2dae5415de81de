package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contents of so many pieces, each so small, that four are leased together. */
class GroupScenariosTest {
    private static final int PIECES = 1026;
    private static final int GROUP = 4;
    /** What the origin was asked for before the second one came. */
    private static final int OF_THE_FIRST = 8;

    private final SchedulingPolicy policy = SchedulingPolicy.defaults();
    private final FakeSwarm swarm = new FakeSwarm(new SchedulingPolicy(
            policy.batchLeases(),
            policy.windowLeases(),
            policy.partners(),
            policy.pipelineLeases(),
            policy.queuePerParent(),
            policy.originConnectionsPerTask(),
            policy.originFetchers(),
            0,
            policy.leaseNanos(),
            policy.assistNanos(),
            (long) GROUP * FakeSwarm.PIECE_BYTES, // to the scheduler small is what a run has room for
            policy.originRunBytesMax(),
            policy.readAheadBytes()));
    private final ContentKey content = swarm.content('c', PIECES, true);

    @Test
    void whatAParentHoldsIsLeasedByWholeGroups() {
        swarm.holder("holder", content);
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", content);
        swarm.runUntilComplete(content, "a", "b");
        for (FakeSwarm.Granted granted : swarm.grants) {
            int first = granted.lease().run().first();
            int count = granted.lease().run().count();
            assertEquals(0, first % GROUP, granted::toString);
            assertEquals(Math.min(GROUP, PIECES - first), count, granted::toString);
            assertTrue(granted.lease().tellAfterPieces() >= GROUP, granted::toString);
        }
    }

    @Test
    void whatComesFromTheOriginEndsWithAGroup() {
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", content);
        swarm.runUntilComplete(content, "a", "b");
        assertFalse(swarm.originGrants(content).isEmpty());
        for (FakeSwarm.Granted granted : swarm.originGrants(content)) {
            int end = granted.lease().run().end();
            assertTrue(end % GROUP == 0 || end == PIECES, granted::toString);
            assertEquals(GROUP, granted.lease().tellAfterPieces(), granted::toString);
        }
    }

    /** Neither has a whole group. */
    @Test
    void twoThatHoldTheHalvesOfEachGroupHelpEachOther() {
        swarm.node("even");
        swarm.node("odd");
        swarm.wantHaving(
                "even",
                content,
                IntStream.range(0, PIECES).filter(piece -> piece % 2 == 0).toArray());
        swarm.wantHaving(
                "odd",
                content,
                IntStream.range(0, PIECES).filter(piece -> piece % 2 == 1).toArray());
        swarm.runUntilComplete(content, "even", "odd");
        assertTrue(swarm.wasGranted("even", "odd") && swarm.wasGranted("odd", "even"));
        long fetched = swarm.originGrants(content).stream()
                .mapToLong(granted -> granted.lease().run().count())
                .sum();
        assertTrue(fetched <= OF_THE_FIRST, () -> fetched + " pieces from the origin, though all are there");
    }
}
