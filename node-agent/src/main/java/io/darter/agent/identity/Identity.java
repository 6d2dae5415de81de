package io.darter.agent.identity;

import io.darter.swarm.NodeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Who this node is: its name and role as the appliance's CA decided them, and the key that proves it.
 *
 * @param nodeName for people
 * @param seed the role: fetches from origins first and keeps content long
 * @param agentLinks {@code host:port} of the appliance's replicas for agents
 * @param servers {@code https://host:port} of the appliance, for renewal
 */
public record Identity(
        NodeId node,
        String nodeName,
        String cluster,
        boolean seed,
        List<String> agentLinks,
        List<String> servers,
        PrivateKey key,
        X509Certificate certificate,
        X509Certificate ca) {
    private static final Duration RENEW_BEFORE = Duration.ofDays(6);

    /** True once less than 6 of the certificate's 7 days are left: renewed daily, so a week of outages does no harm. */
    public boolean renewalDue(Instant now) {
        return now.plus(RENEW_BEFORE).isAfter(certificate.getNotAfter().toInstant());
    }

    /** The same node, with an appliance that is reached there. */
    public Identity withAgentLinks(List<String> links) {
        return new Identity(node, nodeName, cluster, seed, List.copyOf(links), servers, key, certificate, ca);
    }

    @Override
    public String toString() {
        return nodeName + " (" + node + ") of cluster " + cluster;
    }
}
