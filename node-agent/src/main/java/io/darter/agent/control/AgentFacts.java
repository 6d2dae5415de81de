package io.darter.agent.control;

/**
 * What {@code darter doctor} judges.
 *
 * @param joined whether the node belongs to a cluster
 * @param linked whether the scheduler is there
 * @param appliances addresses that the agent links to, comma-separated
 * @param clockSkewMillis this machine's clock minus the appliance's; 0 if never told
 * @param certificateMillisLeft until the node's certificate expires; 0 without one
 * @param diskFreeBytes on the disk of the store
 * @param mirror where the mirror listens: {@code host:port}
 * @param health where health and metrics listen
 * @param peer where other nodes reach this one; empty without a cluster
 */
public record AgentFacts(
        String version,
        boolean joined,
        boolean linked,
        String appliances,
        long clockSkewMillis,
        long certificateMillisLeft,
        String selfCheck,
        long storeBytes,
        long quotaBytes,
        long diskFreeBytes,
        String mirror,
        String health,
        String peer) {}
