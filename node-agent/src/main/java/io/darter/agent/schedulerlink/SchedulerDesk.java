package io.darter.agent.schedulerlink;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;

/**
 * The scheduler as downloads speak to it. Nothing here blocks, and nothing fails: what is lost with the link is said again
 * when it is back ({@link LinkListener#linked}). Safe for use by many threads.
 */
public interface SchedulerDesk {
    boolean linked();

    /** False where there is no scheduler to wait for: this node never joined a cluster. */
    default boolean expected() {
        return true;
    }

    /** It is linked and has not said a word for half a second, though it was asked to. */
    default boolean silent() {
        return false;
    }

    /** Asks whether it is there, if it has not said anything for a while. For those who wait for it. */
    default void probe() {}

    /** Whom to ask without it. */
    default Neighbours neighbours() {
        return Neighbours.NONE;
    }

    void want(Wanted wanted);

    /** @param digests SHA-256 of each piece of the run, where it came from the origin; else empty */
    void verified(ContentKey key, long leaseId, PieceRun run, long tookMicros, byte[] digests);

    /** @param originStatus HTTP status where the origin refused, else 0 */
    void leaseFailed(ContentKey key, long leaseId, FailureReason reason, String detail, int originStatus);

    /** The origin has too much to do; the lease goes on after this time. */
    default void originBusy(ContentKey key, long pauseMillis) {}

    /** Every piece had its digest and the whole is wrong: whoever brought the pieces lied. All of it is thrown away. */
    default void wholeIsWrong(ContentKey key, String detail) {
        leaseFailed(key, 0, FailureReason.CORRUPT, detail, 0);
    }

    /** The first piece that a caller waits for. */
    void readerMoved(ContentKey key, int piece);

    /** This node neither wants nor holds the content any more. */
    void released(ContentKey key);

    /** A whole content was handed to a caller. */
    void delivered(ContentKey key, long bytes);
}
