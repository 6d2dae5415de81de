package io.darter.swarm.download;

import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;

/** What the scheduler is to hear from a download. */
public sealed interface DownloadReport {
    /** These pieces of this lease are verified. */
    record Verified(long leaseId, PieceRun run, long tookNanos) implements DownloadReport {}

    /** The lease is over; pieces of it that were not reported verified are missing still. */
    record Failed(long leaseId, FailureReason reason) implements DownloadReport {}
}
