package io.darter.swarm;

/**
 * The scheduler's permission for one node to fetch one run of pieces from one source.
 *
 * @param id unique within the scheduler that granted it
 * @param expiresAtNanos on the clock of whoever handed the time to the scheduler; the adapter turns it into wall time
 * @param tellAfterPieces a report is due when so many pieces are verified and not told, one of this lease among them; 0 =
 *     as the node thinks best
 */
public record Lease(
        long id, ContentKey content, PieceRun run, Source source, long expiresAtNanos, int tellAfterPieces) {
    public Lease(long id, ContentKey content, PieceRun run, Source source, long expiresAtNanos) {
        this(id, content, run, source, expiresAtNanos, 0);
    }
}
