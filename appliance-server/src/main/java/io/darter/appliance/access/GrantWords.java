package io.darter.appliance.access;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.operator.Problems;
import io.darter.operator.Grant;
import io.darter.operator.Role;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Grants as people write and read them: with names of clusters. */
@Component
class GrantWords {
    private static final int GRANTS_MAX = 1000;

    private final Clusters clusters;

    GrantWords(Clusters clusters) {
        this.clusters = clusters;
    }

    Grants read(@Nullable List<Grant> wanted, String tried) {
        List<Grant> list = wanted == null ? List.of() : wanted;
        if (list.size() > GRANTS_MAX) {
            throw Problems.invalid(tried, list.size() + " grants are too many", "Use at most " + GRANTS_MAX);
        }
        Map<String, String> ids = clusters.all().stream().collect(Collectors.toMap(Cluster::name, Cluster::id));
        Map<String, Role> roles = new TreeMap<>();
        for (@Nullable Grant grant : list) {
            if (grant == null || grant.cluster() == null || grant.role() == null) {
                throw Problems.invalid(tried, "a grant lacks its cluster or role", "Name both");
            }
            Role role = Role.of(grant.role())
                    .orElseThrow(() -> Problems.invalid(
                            tried, "the role '" + grant.role() + "' is unknown", "Use viewer, operator or admin"));
            if (roles.put(clusterId(grant.cluster(), ids, tried), role) != null) {
                throw Problems.invalid(
                        tried, "the cluster '" + grant.cluster() + "' has two roles", "Give it the higher one only");
            }
        }
        return new Grants(roles);
    }

    List<Grant> write(Grants grants) {
        Map<String, String> names = clusters.all().stream().collect(Collectors.toMap(Cluster::id, Cluster::name));
        return grants.roles().entrySet().stream()
                .map(grant -> new Grant(
                        names.getOrDefault(grant.getKey(), grant.getKey()),
                        grant.getValue().text()))
                .sorted(Comparator.comparing(Grant::cluster))
                .toList();
    }

    private static String clusterId(String cluster, Map<String, String> ids, String tried) {
        if (cluster.equals(Grant.EVERY_CLUSTER) || ids.containsValue(cluster)) {
            return cluster;
        }
        String id = ids.get(cluster);
        if (id == null) {
            throw Problems.exception(
                    "CLUSTER_UNKNOWN",
                    404,
                    tried,
                    "there is no cluster '" + cluster + "'",
                    "Name one of the clusters in GET /api/v1/clusters, or * for every one");
        }
        return id;
    }
}
