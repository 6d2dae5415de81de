package io.darter.swarm.scheduling;

/** Why a lease ended without all its pieces. */
public enum FailureReason {
    /** The source sent bytes that are not the piece. */
    CORRUPT,
    /** No byte for too long. */
    STALLED,
    /** No connection, or it broke. */
    UNREACHABLE,
    /** The source says that it does not have the piece. */
    MISSING,
    /** The origin refused: 4xx, 5xx, redirect loop, TLS. */
    ORIGIN_REFUSED,
    /** The content changed at the origin while it was being fetched. */
    CHANGED,
    /** The node gave the lease back itself: revoked, expired, shutting down. */
    RETURNED
}
