package io.darter.agent.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.peer.PieceClient.Have;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PartnersTest {
    private static final int PIECES = 64;
    private static final PieceGeometry GEOMETRY = new PieceGeometry(PIECES * 100L, 100);
    private static final ContentKey KEY = ContentKey.ofSha256Hex("cd".repeat(32));
    private static final long SECOND = 1_000_000_000L;
    private static final int NODES = 5;

    @Test
    void nodesThatKnowEachOtherNeverFetchTheSameAtOnce() {
        PieceMap fetched = new PieceMap(PIECES);
        int fetchers = 0;
        for (int node = 0; node < NODES; node++) {
            Optional<PieceRun> turn = of(node, new PieceMap(PIECES), Optional.empty())
                    .turn(GEOMETRY, new PieceMap(PIECES), 0, true, Optional.of(name(node)), 0);
            if (turn.isPresent()) {
                fetchers++;
                for (int piece = turn.get().first(); piece < turn.get().end(); piece++) {
                    assertTrue(fetched.set(piece), "piece " + piece + " is fetched twice");
                }
            }
        }
        assertTrue(fetchers > 0 && fetchers <= 3, fetchers + " at the origin at once");
    }

    @Test
    void whenNothingMovesTheNextInLineTakesItsTurn() {
        for (int node = 0; node < NODES; node++) {
            Partners partners = of(node, new PieceMap(PIECES), Optional.empty());
            // They stay alive, and nothing comes.
            for (long now = 0; now <= 10 * SECOND; now += SECOND / 2) {
                hearAll(partners, node, new PieceMap(PIECES), Optional.empty(), now);
            }
            assertTrue(partners.turn(GEOMETRY, new PieceMap(PIECES), 0, true, Optional.of(name(node)), 10 * SECOND)
                    .isPresent());
        }
    }

    @Test
    void whatAPartnerFetchesIsNotFetchedAgain() {
        Partners partners = of(0, new PieceMap(PIECES), Optional.of(new PieceRun(0, PIECES)));
        assertEquals(Optional.empty(), partners.turn(GEOMETRY, new PieceMap(PIECES), 0, true, Optional.of(name(0)), 0));
    }

    @Test
    void theRarestPieceIsTakenFirst() {
        Partners partners = of(0, PieceMap.full(PIECES), Optional.empty());
        PieceMap most = PieceMap.full(PIECES);
        most.clear(9);
        hear(partners, 1, most, Optional.empty(), 0);
        hear(partners, 2, most, Optional.empty(), 0);
        hear(partners, 3, most, Optional.empty(), 0);
        Partners.Pick pick = partners.pick(GEOMETRY, new PieceMap(PIECES), 0, Optional.of(name(0)), 0)
                .orElseThrow();
        assertEquals(name(4), pick.parent().node());
        assertEquals(9, pick.run().first());
    }

    @Test
    void aPartnerThatIsNotHeardAnyMoreCountsForNothing() {
        Partners partners = of(0, PieceMap.full(PIECES), Optional.empty());
        assertEquals(
                Optional.empty(), partners.pick(GEOMETRY, new PieceMap(PIECES), 0, Optional.of(name(0)), 3 * SECOND));
        assertTrue(partners.turn(GEOMETRY, new PieceMap(PIECES), 0, true, Optional.of(name(0)), 3 * SECOND)
                .isPresent());
    }

    private static Partners of(int self, PieceMap held, Optional<PieceRun> fetching) {
        Partners partners = new Partners(KEY, 0);
        List<Parent> others = new ArrayList<>();
        for (int node = 0; node < NODES; node++) {
            others.add(new Parent(name(node), "127.0.0.1", 4000, new byte[0]));
        }
        partners.learn(others, Optional.of(name(self)), 0);
        hearAll(partners, self, held, fetching, 0);
        return partners;
    }

    private static void hearAll(Partners partners, int self, PieceMap held, Optional<PieceRun> fetching, long now) {
        for (int node = 0; node < NODES; node++) {
            if (node != self) {
                hear(partners, node, held, fetching, now);
            }
        }
    }

    private static void hear(Partners partners, int node, PieceMap held, Optional<PieceRun> fetching, long now) {
        partners.heard(name(node), new Have(GEOMETRY.sizeBytes(), 100, held, fetching), GEOMETRY, now);
    }

    private static NodeId name(int node) {
        return new NodeId("n-" + node);
    }
}
