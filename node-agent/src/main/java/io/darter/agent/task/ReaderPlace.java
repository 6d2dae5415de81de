package io.darter.agent.task;

/** Where the caller of one download reads, and whether the scheduler is to hear of it. Owned by the download's thread. */
final class ReaderPlace {
    private static final long REPORT_NANOS = 1_000_000_000;

    private int piece;
    private boolean moved;
    private long reportedNanos;

    ReaderPlace(long nowNanos) {
        this.reportedNanos = nowNanos - REPORT_NANOS;
    }

    /** The first piece that it waits for. */
    int piece() {
        return piece;
    }

    void begins(int first) {
        piece = first;
    }

    void waitsFor(int next) {
        moved |= piece != next;
        piece = next;
    }

    /** True if it is to be reported now. */
    boolean isNews(long nowNanos) {
        if (!moved || nowNanos - reportedNanos <= REPORT_NANOS) {
            return false;
        }
        moved = false;
        reportedNanos = nowNanos;
        return true;
    }
}
