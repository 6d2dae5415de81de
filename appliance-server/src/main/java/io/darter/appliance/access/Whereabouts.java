package io.darter.appliance.access;

import io.darter.operator.Rule.Where;
import java.util.Optional;

/** In which cluster the things lie that operations name. */
public interface Whereabouts {
    /**
     * @param where one that names a cluster or a thing
     * @return the cluster's id; empty if there is no such thing, which the operation itself will say
     */
    Optional<String> clusterOf(Where where, String subject);
}
