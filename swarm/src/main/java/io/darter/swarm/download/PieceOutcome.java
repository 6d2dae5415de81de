package io.darter.swarm.download;

import io.darter.swarm.scheduling.FailureReason;

/** What became of a transfer's piece, or of the transfer. */
public sealed interface PieceOutcome {
    /** The piece's bytes are verified and in the store. */
    record Verified(long leaseId, int piece, long tookNanos) implements PieceOutcome {}

    /** The transfer ended; pieces not verified by then are missing still. */
    record Failed(long leaseId, FailureReason reason) implements PieceOutcome {}
}
