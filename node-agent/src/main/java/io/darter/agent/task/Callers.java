package io.darter.agent.task;

/** Whether anybody still waits for a download. Owned by the download's thread. */
final class Callers {
    /** Without any caller left, a live download goes on for so long before it is given up. */
    private static final long ABANDONED_NANOS = 30_000_000_000L;
    /** An assisting download that nothing moves for so long is given up. */
    private static final long STILL_NANOS = 600_000_000_000L;

    private long goneNanos;

    /** From now on somebody should ask. */
    void expectedFrom(long nowNanos) {
        goneNanos = nowNanos;
    }

    /**
     * @param forCallers it goes on for its callers alone
     * @param movedNanos when anything last came
     */
    boolean nobodyCares(int readers, boolean forCallers, long nowNanos, long movedNanos) {
        if (readers > 0) {
            goneNanos = nowNanos;
            return false;
        }
        return (forCallers && nowNanos - goneNanos > ABANDONED_NANOS) || nowNanos - movedNanos > STILL_NANOS;
    }
}
