package io.darter.agent.peer;

import io.darter.swarm.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Fairness among children: a node is given {@value #AT_ONCE} answers at once, however many connections it opens, and waits
 * for the next. One is the rule, since each pair of peers keeps one connection; the second is for a node that comes back
 * while its former connection is not known to be dead yet. Safe for use by many threads.
 */
final class PeerTurns {
    static final int AT_ONCE = 2;

    private final Map<NodeId, Turn> turns = new HashMap<>();

    /** Ends with {@link #close}. */
    final class Turn implements AutoCloseable {
        private final NodeId child;
        private final Semaphore free = new Semaphore(AT_ONCE, true);
        private int takers;

        private Turn(NodeId child) {
            this.child = child;
        }

        @Override
        public void close() {
            free.release();
            leave(this);
        }
    }

    /** Waits for the child's turn; bounded by its own other answers, which end when it takes nothing for the stall time. */
    Turn take(NodeId child) throws InterruptedException {
        Turn turn;
        synchronized (this) {
            turn = turns.computeIfAbsent(child, Turn::new);
            turn.takers++;
        }
        try {
            turn.free.acquire();
        } catch (InterruptedException e) {
            leave(turn);
            throw e;
        }
        return turn;
    }

    private synchronized void leave(Turn turn) {
        turn.takers--;
        if (turn.takers == 0) {
            turns.remove(turn.child);
        }
    }

    /** Children that have or await a turn. */
    synchronized int size() {
        return turns.size();
    }
}
