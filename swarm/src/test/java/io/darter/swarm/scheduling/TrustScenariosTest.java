package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens when every piece has its digest and the whole is wrong. */
class TrustScenariosTest {
    private static final int PIECES = 8;

    private final FakeSwarm swarm =
            new FakeSwarm(SchedulingPolicy.defaults().withOriginFetchers(OriginFetchers.SEEDS_FIRST));
    private final ContentKey content = swarm.content('c', PIECES, true);

    @Test
    void aFetcherWhoseWholeIsWrongIsNotAskedAgainAndAnotherFetches() {
        swarm.seed("liar");
        swarm.node("a");
        swarm.node("b");
        swarm.want("a", content);
        swarm.want("b", content);
        swarm.runUntilComplete(content, "a", "b");
        int before = swarm.originGrants(content).size();

        swarm.wholeIsWrong("a", content);
        swarm.runUntilComplete(content, "a", "b");

        assertEquals(List.of(FakeSwarm.id("liar")), restart().liars());
        assertTrue(restart().members().contains(FakeSwarm.id("b")));
        List<NodeId> fetchers = fetchersAfter(before);
        assertEquals(1, fetchers.size(), "after a wrong whole one node fetches alone: " + fetchers);
        assertFalse(fetchers.contains(FakeSwarm.id("liar")));
        assertTrue(swarm.said(SwarmCommand.GiveUp.class).isEmpty());
    }

    @Test
    void afterThreeFetchersItIsTheOriginThatIsWrong() {
        swarm.seed("s1");
        swarm.node("a");
        swarm.node("b");
        swarm.node("c");
        for (String node : List.of("a", "b", "c")) {
            swarm.want(node, content);
        }
        for (int wrong = 1; wrong <= Trust.WRONG_WHOLES_MAX; wrong++) {
            swarm.runUntilComplete(content, "a", "b", "c");
            swarm.wholeIsWrong("a", content);
        }
        swarm.round();
        assertTrue(swarm.said(SwarmCommand.GiveUp.class).stream()
                .anyMatch(
                        giveUp -> giveUp.node().equals(FakeSwarm.id("a")) && giveUp.reason() == FailureReason.CORRUPT));
    }

    /** Two fetchers are all there is: too few to find out that it is the origin, or the digest that somebody typed. */
    @Test
    void digestsThatNobodyCanHaveCostNoNodeItsNameInASmallCluster() {
        swarm.seed("seed");
        swarm.node("a");
        for (char mistyped : new char[] {'d', 'e', 'f'}) {
            ContentKey key = swarm.content(mistyped, PIECES, true);
            swarm.want("a", key);
            for (int wrong = 1; wrong < Trust.WRONG_WHOLES_MAX; wrong++) {
                swarm.runUntilComplete(key, "a");
                swarm.wholeIsWrong("a", key);
            }
            swarm.rounds(100);
            assertTrue(
                    swarm.said(SwarmCommand.GiveUp.class).stream()
                            .anyMatch(giveUp -> giveUp.content().equals(key)),
                    "nobody is left to fetch it");
        }
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a", "seed");
    }

    @Test
    void whoLiedAboutTwoContentsThatOthersHadRightFetchesNoThird() {
        swarm.seed("liar");
        swarm.node("a");
        swarm.node("b");
        for (char lied : new char[] {'d', 'e'}) {
            ContentKey key = swarm.content(lied, PIECES, true);
            swarm.want("a", key);
            swarm.runUntilComplete(key, "a");
            assertEquals(
                    FakeSwarm.id("liar"), swarm.originGrants(key).getFirst().child());
            swarm.wholeIsWrong("a", key);
            swarm.runUntilComplete(key, "a");
            swarm.apply(new SwarmEvent.Proved(FakeSwarm.id("a"), key));
        }
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a");
        assertFalse(fetchersAfter(0).contains(FakeSwarm.id("liar")));
    }

    @Test
    void aNodeThatContradictsTwoProversIsLeftAlone() {
        swarm.seed("seed");
        for (String node : List.of("a", "b", "false")) {
            swarm.node(node);
            swarm.want(node, content);
        }
        swarm.runUntilComplete(content, "a", "b", "false");
        swarm.apply(new SwarmEvent.Proved(FakeSwarm.id("a"), content));
        swarm.apply(new SwarmEvent.Proved(FakeSwarm.id("b"), content));

        swarm.apply(new SwarmEvent.WholeWrong(FakeSwarm.id("false"), content));

        assertTrue(swarm.said(SwarmCommand.Restart.class).isEmpty());
        swarm.node("late");
        swarm.want("late", content);
        swarm.runUntilComplete(content, "late");
    }

    @Test
    void whatAnUntrustedNodeOffersAloneDoesNotCount() {
        swarm.seed("liar");
        swarm.node("a");
        swarm.want("a", content);
        swarm.runUntilComplete(content, "a", "liar");
        swarm.wholeIsWrong("a", content);
        swarm.offer("liar", content);
        int before = swarm.grants.size();
        int beforeFromOrigin = swarm.originGrants(content).size();
        swarm.runUntilComplete(content, "a");
        assertTrue(swarm.grants.stream().skip(before).noneMatch(granted -> granted.from("liar")));
        assertFalse(fetchersAfter(beforeFromOrigin).isEmpty());
    }

    /** Whoever keeps what nobody believes would be granted it again and again, and give each lease back. */
    @Test
    void whoWasAwayAndBringsBackADoubtedPartThrowsItAway() {
        NodeId away = FakeSwarm.id("away");
        for (String node : List.of("away", "a", "b")) {
            swarm.node(node);
            swarm.want(node, content);
        }
        swarm.runUntilComplete(content, "a");
        swarm.down("away");
        swarm.wholeIsWrong("a", content);
        assertTrue(restart().liars().contains(away), "it fetched a part");

        swarm.node("away");
        swarm.wantHaving("away", content, 0, 1, 2);

        assertEquals(List.of(new SwarmCommand.Discard(away, content)), swarm.said(SwarmCommand.Discard.class));
        swarm.runUntilComplete(content, "away", "a", "b");
    }

    private SwarmCommand.Restart restart() {
        List<SwarmCommand.Restart> restarts = swarm.said(SwarmCommand.Restart.class);
        assertEquals(1, restarts.size());
        return restarts.getFirst();
    }

    private List<NodeId> fetchersAfter(int grants) {
        return swarm.originGrants(content).stream()
                .skip(grants)
                .map(FakeSwarm.Granted::child)
                .distinct()
                .toList();
    }
}
