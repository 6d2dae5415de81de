package io.darter.operator;

import io.darter.operator.Rule.Need;
import io.darter.operator.Rule.Subject;
import io.darter.operator.Rule.Where;
import java.util.List;

/** The part of {@link OperatorApi} that is about running the fleet: nodes, and contents on them. */
public interface NodeOperations {
    @Rule(value = Need.VIEWER, in = Where.CLUSTER_OF_NODE)
    NodeDetail node(@Subject String id);

    /** Labels, zone, rack. */
    @Rule(value = Need.OPERATOR, in = Where.CLUSTER_OF_NODE)
    NodeDetail changeNode(@Subject String id, NodeChange change);

    /** From now on it is given nothing to do for others; its own pulls go on, as do transfers that it has begun. */
    @Rule(value = Need.OPERATOR, in = Where.CLUSTER_OF_NODE)
    NodeDetail cordonNode(@Subject String id);

    /** Ends cordoning and draining. */
    @Rule(value = Need.OPERATOR, in = Where.CLUSTER_OF_NODE)
    NodeDetail uncordonNode(@Subject String id);

    /** As cordoning, and others are taken off it: once it serves nothing any more it is drained. */
    @Rule(value = Need.OPERATOR, in = Where.CLUSTER_OF_NODE)
    NodeDetail drainNode(@Subject String id);

    /** For good: its certificates are revoked, its links end, its name is free. */
    @Rule(value = Need.ADMIN, in = Where.CLUSTER_OF_NODE)
    void removeNode(@Subject String id);

    /** The node lets go of a content, which it may fetch again; waits 10 s at most. */
    @Rule(value = Need.OPERATOR, in = Where.CLUSTER_OF_NODE)
    EvictedContent evictContent(@Subject String id, String content);

    /** What is purged, the latest first. */
    @Rule(value = Need.VIEWER, in = Where.NAMED_CLUSTER)
    List<TombstoneView> tombstones(@Subject String cluster);

    /** Every node of the cluster removes it, at once or when it is back, and nobody fetches it until that is lifted. */
    @Rule(value = Need.OPERATOR, in = Where.NAMED_CLUSTER)
    TombstoneView purgeContent(@Subject String cluster, NewTombstone tombstone);

    /** The content may be fetched again. */
    @Rule(value = Need.OPERATOR, in = Where.NAMED_CLUSTER)
    void liftTombstone(@Subject String cluster, String content);
}
