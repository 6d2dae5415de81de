package io.darter.agent.schedulerlink;

import io.darter.agent.peer.PieceClient.Parent;
import io.darter.swarm.Lease;
import java.util.Arrays;
import java.util.Optional;

/**
 * A lease with what its transfer needs.
 *
 * @param parent where to ask; empty: the origin
 * @param digests SHA-256 of each piece of the run; empty for the origin
 */
public record GrantedLease(Lease lease, Optional<Parent> parent, byte[] digests) {
    private static final int DIGEST_BYTES = 32;

    /** A peer's bytes are worth nothing without the digests to prove them by. */
    public boolean provable() {
        return digests.length == 0
                ? parent.isEmpty()
                : digests.length == (long) lease.run().count() * DIGEST_BYTES;
    }

    /** The digest that the piece must have; empty from the origin, which nobody has proved yet. */
    public Optional<byte[]> digest(int piece) {
        if (digests.length == 0) {
            return Optional.empty();
        }
        int from = (piece - lease.run().first()) * DIGEST_BYTES;
        return Optional.of(Arrays.copyOfRange(digests, from, from + DIGEST_BYTES));
    }
}
