package io.darter.appliance.access;

import io.darter.appliance.cluster.Cluster;
import io.darter.operator.Role;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who makes the operation that this thread is in, and what that login may at this moment. There is one exactly while
 * {@link OperatorGuard} lets an operation through.
 *
 * @param token id of the API token; empty for a login by password
 * @param address from which the request came; of a session, the login
 */
public record Caller(String user, String token, String address, Grants grants) {
    static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

    /** @throws IllegalStateException outside of operations */
    public static Caller current() {
        return CURRENT.orElseThrow(() -> new IllegalStateException("no operation was let through on this thread"));
    }

    /** Ids of those in which the caller has the role. */
    public Set<String> among(Collection<Cluster> clusters, Role role) {
        return clusters.stream()
                .map(Cluster::id)
                .filter(id -> grants.allow(role, id))
                .collect(Collectors.toUnmodifiableSet());
    }
}
