package io.darter.swarm.scheduling;

import java.util.ArrayList;
import java.util.List;

/** What went wrong with one member lately, and what it may not do because of it for a while. Most members have none. */
final class Setbacks {
    /** Nobody is sent to it before this time. */
    long suspendedUntilNanos = Long.MIN_VALUE;
    /** Failures as a parent since the last success. */
    int failures;
    /** It is not sent to the origin before this time. */
    long originBackoffUntilNanos = Long.MIN_VALUE;

    int originFailures;
    /** It is granted nothing before this time. */
    long pausedUntilNanos = Long.MIN_VALUE;
    /** Parents that it does not ask for a while. */
    private final List<Block> blocks = new ArrayList<>(1);

    private record Block(Member parent, int failures, long untilNanos) {}

    boolean isBlocked(Member parent, long nowNanos) {
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).parent == parent) {
                return blocks.get(i).untilNanos > nowNanos;
            }
        }
        return false;
    }

    /** This child does not ask that parent for a while, twice as long after each failure. */
    void block(Member parent, long nowNanos, long baseNanos) {
        int before = 0;
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).parent == parent) {
                before = blocks.remove(i).failures;
                break;
            }
        }
        blocks.add(new Block(parent, before + 1, nowNanos + (baseNanos << Math.min(before, 6))));
    }

    void unblock(Member parent) {
        blocks.removeIf(block -> block.parent == parent);
    }
}
