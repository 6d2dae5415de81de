package io.darter.agent.schedulerlink;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What operators decided, as any replica says it: nobody has to own the cluster for that. Called where the link's bytes are
 * moved: must not wait for anything.
 */
public interface Orders {
    /** Nobody obeys. */
    Orders NONE = new Orders() {
        @Override
        public void revoked(List<Revoked> certificates) {}

        @Override
        public void tombstones(long version, Set<ContentKey> keys, Consumer<List<Removed>> report) {}

        @Override
        public void evict(ContentKey key, Consumer<Optional<Removed>> report) {}
    };

    /** A certificate that counts no more, though it has not expired. */
    record Revoked(BigInteger serial, NodeId node, long expiresAtMillis) {}

    /** @param failure in words if it could not be removed, else empty */
    record Removed(ContentKey key, long bytes, String failure) {}

    /** These and those before, until they expire. */
    void revoked(List<Revoked> certificates);

    /** All that nobody may hold; a list of a lower version than the one before is an old one. */
    void tombstones(long version, Set<ContentKey> keys, Consumer<List<Removed>> report);

    /** Let go of it. */
    void evict(ContentKey key, Consumer<Optional<Removed>> report);
}
