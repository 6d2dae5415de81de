package io.darter.operator;

/**
 * The whole in one look.
 *
 * @param sentence one sentence of state for a person, in English
 * @param healthy whether nothing needs attention
 * @param originBytes content bytes fetched from origins since the appliance keeps records
 * @param deliveredBytes content bytes handed to callers on all nodes
 * @param savedBytes delivered minus origin bytes, never below 0
 */
public record Overview(
        String version,
        String sentence,
        boolean healthy,
        long nodesOnline,
        long nodesTotal,
        long tasksRunning,
        long tasksTotal,
        long originBytes,
        long peerBytes,
        long deliveredBytes,
        long savedBytes) {}
