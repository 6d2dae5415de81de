package io.darter.appliance.scheduling;

import io.darter.link.v1.Grant;
import io.darter.link.v1.Lease;
import io.darter.link.v1.Revoke;
import io.darter.link.v1.SchedulerMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages that one batch of mail produced, in order per link; grants that follow each other go as one message. Not
 * thread-safe.
 */
final class Outbox {
    private final Map<AgentPort, Pending> pending = new LinkedHashMap<>();

    private static final class Pending {
        private final AgentPort port;
        private Grant.@Nullable Builder grants;
        private Revoke.@Nullable Builder revokes;

        Pending(AgentPort port) {
            this.port = port;
        }

        void flush() {
            if (grants != null) {
                port.send(SchedulerMessage.newBuilder().setGrant(grants).build());
                grants = null;
            }
            if (revokes != null) {
                port.send(SchedulerMessage.newBuilder().setRevoke(revokes).build());
                revokes = null;
            }
        }
    }

    void grant(AgentPort port, Lease lease) {
        Pending link = of(port);
        if (link.revokes != null) {
            link.flush();
        }
        Grant.Builder grants = link.grants;
        if (grants == null) {
            grants = Grant.newBuilder();
            link.grants = grants;
        }
        grants.addLeases(lease);
    }

    void revoke(AgentPort port, String content, long leaseId) {
        Pending link = of(port);
        Revoke.Builder revokes = link.revokes;
        if (link.grants != null || (revokes != null && !revokes.getKey().equals(content))) {
            link.flush();
            revokes = null;
        }
        if (revokes == null) {
            revokes = Revoke.newBuilder().setKey(content);
            link.revokes = revokes;
        }
        revokes.addLeases(leaseId);
    }

    void message(AgentPort port, SchedulerMessage message) {
        of(port).flush();
        port.send(message);
    }

    void flush() {
        pending.values().forEach(Pending::flush);
        pending.clear();
    }

    private Pending of(AgentPort port) {
        return pending.computeIfAbsent(port, Pending::new);
    }
}
