package io.darter.agent.health;

import java.util.concurrent.atomic.LongAdder;

/** What downloads did since the agent's start. Safe for use by many threads. */
public final class Traffic {
    /** Content bytes received from peers. */
    public final LongAdder peerBytes = new LongAdder();
    /** Bytes handed to callers (runtimes, darter get). */
    public final LongAdder deliveredBytes = new LongAdder();
    /** The part of them that was in the store before it was asked for. */
    public final LongAdder localBytes = new LongAdder();

    /** Callers who got a content without its being stored, for want of room or of a disk that can be read. */
    public final LongAdder passedThrough = new LongAdder();

    public final LongAdder piecesFromPeers = new LongAdder();
    public final LongAdder piecesFromOrigin = new LongAdder();
    public final LongAdder piecesFailed = new LongAdder();
    public final LongAdder tasksStarted = new LongAdder();
    public final LongAdder tasksFailed = new LongAdder();
}
