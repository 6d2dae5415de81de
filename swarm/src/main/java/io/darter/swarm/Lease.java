package io.darter.swarm;

/**
 * The scheduler's permission for one node to fetch one run of pieces from one source.
 *
 * @param id unique within the scheduler that granted it
 * @param expiresAtNanos on the clock of whoever handed the time to the scheduler; the adapter turns it into wall time
 */
public record Lease(long id, ContentKey content, PieceRun run, Source source, long expiresAtNanos) {}
