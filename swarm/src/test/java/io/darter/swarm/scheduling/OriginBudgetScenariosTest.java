package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many connections to the origin the contents of a task, and of a registry, have together; who gets the next. */
class OriginBudgetScenariosTest {
    private static final int PIECES = 16;

    private final FakeSwarm swarm = new FakeSwarm(SchedulingPolicy.defaults());
    private int contents;

    @Test
    void theLayersOfAnImageShareThreeConnections() {
        List<ContentKey> layers = seededImage(8);
        int most = 0;
        for (int round = 0; round < 200; round++) {
            swarm.round();
            most = Math.max(most, swarm.originConnections(_ -> true));
        }
        complete(layers);
        assertEquals(3, most, "connections at the same time; more than three would have failed at the grant");
    }

    @Test
    void aTaskBeginsWithOneConnection() {
        seededImage(8);
        assertEquals(1, swarm.originConnections(_ -> true));
        swarm.round();
        assertEquals(3, swarm.originConnections(_ -> true));
    }

    @Test
    void whoWaitsForAConnectionGetsOneBeforeWhoHadOne() {
        List<ContentKey> layers = seededImage(6);
        swarm.rounds(12);
        for (ContentKey layer : layers) {
            assertTrue(!swarm.originGrants(layer).isEmpty(), "all had a turn: " + swarm.grants);
        }
        complete(layers);
    }

    @Test
    void anotherTaskHasItsOwnConnections() {
        List<ContentKey> one = seededImage(4);
        ContentKey other = swarm.content(100, PIECES, "other", "registry");
        swarm.want("a", other);
        assertEquals(1, swarm.originConnections(spec -> spec.task().equals("other")));
        complete(one);
        swarm.runUntilComplete(other, "a");
    }

    @Test
    void aRegistryHasSixteenConnectionsWhateverIsFetchedFromIt() {
        List<ContentKey> files = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String name = "n" + i;
            swarm.node(name);
            files.add(swarm.content(contents++, PIECES, "task " + i, "registry"));
            swarm.want(name, files.get(i));
        }
        int most = 0;
        for (int round = 0; round < 40 * PIECES; round++) {
            most = Math.max(most, swarm.originConnections(_ -> true));
            swarm.round();
        }
        assertEquals(16, most);
        for (int i = 0; i < 40; i++) {
            swarm.runUntilComplete(files.get(i), "n" + i);
        }
    }

    @Test
    void aConnectionThatIsFreeStaysAtItsSeed() {
        swarm.seed("seed-2");
        List<ContentKey> layers = seededImage(12);
        Map<String, Integer> mostOfEach = new HashMap<>();
        for (int round = 0; round < 12 * PIECES; round++) {
            for (String seed : List.of("seed", "seed-2")) {
                mostOfEach.merge(seed, swarm.originConnectionsOf(seed), Math::max);
            }
            swarm.round();
        }
        complete(layers);
        int opened = mostOfEach.values().stream().mapToInt(Integer::intValue).sum();
        assertEquals(3, opened, "connections that seeds ever needed: " + mostOfEach);
    }

    @Test
    void aFetcherThatDiesLetsTheNextOneHaveItsConnection() {
        List<ContentKey> layers = seededImage(3);
        swarm.rounds(2);
        swarm.down("seed");
        swarm.seed("seed-2");
        complete(layers);
    }

    private List<ContentKey> seededImage(int layers) {
        swarm.seed("seed");
        swarm.node("a");
        List<ContentKey> keys = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            keys.add(swarm.content(contents++, PIECES, "image", "registry"));
            swarm.want("a", keys.get(i));
        }
        return keys;
    }

    private void complete(List<ContentKey> layers) {
        layers.forEach(layer -> swarm.runUntilComplete(layer, "a"));
    }
}
