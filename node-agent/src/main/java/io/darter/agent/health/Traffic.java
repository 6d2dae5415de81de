package io.darter.agent.health;

import java.util.EnumMap;
import java.util.Map;
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
    /** Requests of container runtimes. */
    public final LongAdder mirrorRequests = new LongAdder();

    private final Map<Size, Ended> ended = new EnumMap<>(Size.class);

    private record Ended(LongAdder tasks, LongAdder nanos) {}

    public Traffic() {
        for (Size size : Size.values()) {
            ended.put(size, new Ended(new LongAdder(), new LongAdder()));
        }
    }

    /** By how large a content is. */
    public enum Size {
        TO_1MIB(1L << 20),
        TO_64MIB(64L << 20),
        TO_1GIB(1L << 30),
        MORE(Long.MAX_VALUE);

        private final long bytesMax;

        Size(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        static Size of(long bytes) {
            for (Size size : values()) {
                if (bytes <= size.bytesMax) {
                    return size;
                }
            }
            return MORE;
        }
    }

    /** A download is over, whatever came of it. */
    public void ended(long sizeBytes, long tookNanos) {
        Ended those = of(Size.of(sizeBytes));
        those.tasks().increment();
        those.nanos().add(tookNanos);
    }

    public long endedTasks(Size size) {
        return of(size).tasks().sum();
    }

    public double endedSeconds(Size size) {
        return of(size).nanos().sum() / 1e9;
    }

    private Ended of(Size size) {
        Ended those = ended.get(size);
        if (those == null) {
            throw new IllegalStateException("no figures for " + size);
        }
        return those;
    }
}
