package io.darter.appliance.coordination;

/**
 * Who wants to own clusters. Called on the one thread that speaks to Redis: must not wait for long, or the ownership runs
 * out meanwhile.
 */
public interface Contender {
    /** The highest epoch of the cluster that is known here from agents and the database. */
    long seen(String clusterId);

    /** This replica owns the cluster from now on. */
    void gained(String clusterId, long epoch);

    /** It does not any more. */
    void lost(String clusterId);

    /** Another list of replicas than before. */
    void replicasChanged();
}
