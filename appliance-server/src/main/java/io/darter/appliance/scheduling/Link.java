package io.darter.appliance.scheduling;

import io.darter.appliance.node.NodeRecord;
import io.darter.link.v1.Hello;
import io.darter.swarm.NodeId;

/**
 * A node that is attached.
 *
 * @param peerHost literal address of its peer server
 * @param parentKey makes capabilities for its contents
 */
@SuppressWarnings("ArrayRecordComponent") // links are compared by nobody
record Link(NodeRecord node, NodeId id, AgentPort port, String peerHost, int peerPort, byte[] parentKey, Hello hello) {}
