package io.darter.operator;

import java.time.Instant;

/**
 * One node, with what its agent says and what operators decided.
 *
 * @param node as lists show it
 * @param agentZone what the agent says
 * @param setZone what operators decided; empty: what the agent says counts
 */
public record NodeDetail(
        NodeView node, Instant joinedAt, String agentZone, String agentRack, String setZone, String setRack) {}
