package io.darter.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PeerTurnsTest {
    private static final NodeId GREEDY = new NodeId("greedy");
    private static final NodeId MODEST = new NodeId("modest");

    private final PeerTurns turns = new PeerTurns();

    @Test
    void aNodeWithManyConnectionsWaitsForItselfAndNobodyElseDoes() throws Exception {
        List<PeerTurns.Turn> taken = new ArrayList<>();
        for (int i = 0; i < PeerTurns.AT_ONCE; i++) {
            taken.add(turns.take(GREEDY));
        }
        CountDownLatch third = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try (PeerTurns.Turn turn = turns.take(GREEDY)) {
                assertTrue(turn != null);
                third.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        turns.take(MODEST).close();
        assertFalse(third.await(100, TimeUnit.MILLISECONDS), "more than its share");
        taken.removeFirst().close();
        assertTrue(third.await(20, TimeUnit.SECONDS));
        taken.removeFirst().close();
        while (turns.size() > 0) {
            Thread.sleep(1); // until the third has ended
        }
    }

    @Test
    void whoGivesUpWaitingLeavesNothingBehind() throws Exception {
        try (PeerTurns.Turn first = turns.take(GREEDY);
                PeerTurns.Turn second = turns.take(GREEDY)) {
            assertTrue(first != null && second != null);
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    turns.take(GREEDY).close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            waiting.interrupt();
            waiting.join();
        }
        assertEquals(0, turns.size());
    }
}
