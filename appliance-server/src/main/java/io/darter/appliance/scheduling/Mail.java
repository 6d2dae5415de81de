package io.darter.appliance.scheduling;

import io.darter.appliance.node.NodeRecord;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Hello;
import io.darter.swarm.ContentKey;
import java.util.Set;

/** What waits in a cluster's mailbox. */
sealed interface Mail {
    record LinkUp(NodeRecord node, Hello hello, String peerHost, AgentPort port) implements Mail {}

    record LinkDown(NodeRecord node, AgentPort port) implements Mail {}

    record FromAgent(NodeRecord node, AgentPort port, AgentMessage message) implements Mail {}

    /** Operators decided something else of it. */
    record Changed(NodeRecord node) implements Mail {}

    /** Nobody may hold these any more. */
    record Purged(Set<ContentKey> keys) implements Mail {}

    /** A question of another thread, answered on the scheduler's. */
    record Ask(Runnable question) implements Mail {}
}
