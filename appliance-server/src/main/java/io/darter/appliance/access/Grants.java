package io.darter.appliance.access;

import io.darter.operator.Grant;
import io.darter.operator.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Roles by cluster id; {@link Grant#EVERY_CLUSTER} for all clusters, those of tomorrow included. In one cluster the
 * higher of both counts. Immutable.
 */
public record Grants(Map<String, Role> roles) {
    public static final Grants NONE = new Grants(Map.of());

    public Grants {
        roles = Map.copyOf(roles);
    }

    /** Whether the role, or more, is held in that cluster. */
    public boolean allow(Role role, String clusterId) {
        Role held = roleIn(clusterId);
        return held != null && held.includes(role);
    }

    public boolean allowEverywhere(Role role) {
        return allow(role, Grant.EVERY_CLUSTER);
    }

    public boolean allowSomewhere(Role role) {
        return roles.values().stream().anyMatch(held -> held.includes(role));
    }

    /** In each cluster the lower of both. */
    public Grants meet(Grants other) {
        Map<String, Role> both = new TreeMap<>();
        for (Map<String, Role> either : List.of(roles, other.roles)) {
            for (String cluster : either.keySet()) {
                Role mine = roleIn(cluster);
                Role theirs = other.roleIn(cluster);
                if (mine != null && theirs != null) {
                    both.put(cluster, mine.includes(theirs) ? theirs : mine);
                }
            }
        }
        return new Grants(both);
    }

    /** Whether there is no cluster, not even one of tomorrow, in which this is more. */
    public boolean isWithin(Grants other) {
        return roles.entrySet().stream().allMatch(grant -> other.allow(grant.getValue(), grant.getKey()));
    }

    private @Nullable Role roleIn(String clusterId) {
        Role everywhere = roles.get(Grant.EVERY_CLUSTER);
        Role here = roles.get(clusterId);
        if (everywhere == null || here == null) {
            return everywhere == null ? here : everywhere;
        }
        return here.includes(everywhere) ? here : everywhere;
    }

    /** Both together, of which each names other clusters. */
    Grants with(Grants other) {
        Map<String, Role> all = new TreeMap<>(roles);
        all.putAll(other.roles);
        return new Grants(all);
    }

    /** A row of the database; a role that this version does not know gives nothing, as no row does. */
    static Grants stored(@Nullable String clusterId, @Nullable String role) {
        return clusterId == null || role == null
                ? NONE
                : Role.of(role)
                        .map(known -> new Grants(Map.of(clusterId, known)))
                        .orElse(NONE);
    }
}
