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
    private static final long SECOND = 1_000_000_000;

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
        List<ContentKey> files = fortyFiles();
        int most = 0;
        for (int round = 0; round < 40 * PIECES; round++) {
            most = Math.max(most, swarm.originConnections(_ -> true));
            swarm.round();
        }
        assertEquals(16, most);
        completeEach(files);
    }

    @Test
    void aRegistryThatHasTooMuchToDoIsAskedByHalfAsMany() {
        List<ContentKey> files = fortyFiles();
        assertEquals(16, swarm.originConnections(_ -> true));
        busy("n0", files.get(0), 0);
        busy("n1", files.get(1), 0);
        swarm.rounds(2 * PIECES);
        assertEquals(8, swarm.originConnections(_ -> true), "those who were under way are no second complaint");
        completeEach(files);
    }

    @Test
    void theConnectionsOfARegistryGrowAgainOneByOne() {
        List<ContentKey> files = fortyFiles();
        busy("n0", files.get(0), 0);
        int seconds = 0;
        int most = 0;
        while (most < 16 && seconds++ < 60) {
            swarm.tick(SECOND);
            if (seconds % 5 == 0) {
                files.addAll(fortyFiles());
            }
            swarm.rounds(4);
            most = Math.max(most, seconds < 6 ? 0 : swarm.originConnections(_ -> true));
        }
        assertEquals(16, most);
        assertTrue(seconds >= 35 && seconds <= 45, "eight more, one each 5 s: " + seconds);
        completeEach(files);
    }

    @Test
    void nobodyElseIsSentToABusyRegistryBeforeItWantsToBeAsked() {
        swarm.node("a");
        swarm.node("b");
        ContentKey one = swarm.content(contents++, PIECES, "one", "registry");
        ContentKey two = swarm.content(contents++, PIECES, "two", "registry");
        ContentKey elsewhere = swarm.content(contents++, PIECES, "three", "elsewhere");
        swarm.want("a", one);
        busy("a", one, 10 * SECOND);
        swarm.want("b", two);
        swarm.want("b", elsewhere);
        assertEquals(1, swarm.originGrants(elsewhere).size());
        swarm.tick(9 * SECOND);
        assertEquals(0, swarm.originGrants(two).size());
        swarm.tick(2 * SECOND);
        assertEquals(1, swarm.originGrants(two).size());
        swarm.runUntilComplete(one, "a");
        swarm.runUntilComplete(two, "b");
        swarm.runUntilComplete(elsewhere, "b");
    }

    @Test
    void whoDoesNotFetchIsNotBelieved() {
        List<ContentKey> files = fortyFiles();
        for (int i = 16; i < 40; i++) {
            busy("n" + i, files.get(i), 60 * SECOND);
        }
        swarm.rounds(2 * PIECES);
        assertEquals(16, swarm.originConnections(_ -> true));
        completeEach(files);
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

    /** Each of another task, wanted by a node of its own, from one registry. */
    private List<ContentKey> fortyFiles() {
        List<ContentKey> files = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String name = "n" + contents;
            swarm.node(name);
            files.add(swarm.content(contents, PIECES, "task " + contents, "registry"));
            swarm.want(name, files.get(i));
            contents++;
        }
        return files;
    }

    private void completeEach(List<ContentKey> files) {
        for (int i = 0; i < files.size(); i++) {
            swarm.runUntilComplete(files.get(i), "n" + i);
        }
    }

    private void busy(String node, ContentKey content, long pauseNanos) {
        swarm.apply(new SwarmEvent.OriginBusy(FakeSwarm.id(node), content, pauseNanos));
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
