package io.darter.agent.peer;

import io.darter.agent.http.HttpExchange;
import io.darter.agent.identity.CertificateName;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides whether the node that its certificate names may have a content from us. */
final class PeerGate {
    static final String CAPABILITY_HEADER = "Darter-Capability";

    private final String cluster;
    private final Supplier<List<byte[]>> keys;
    private final InstantSource applianceClock;

    PeerGate(String cluster, Supplier<List<byte[]>> keys, InstantSource applianceClock) {
        this.cluster = cluster;
        this.keys = keys;
        this.applianceClock = applianceClock;
    }

    /** Why not; empty if it may. */
    Optional<String> refusal(HttpExchange exchange, ContentKey key) {
        Optional<NodeId> child =
                exchange.peerCertificate().flatMap(CertificateName::of).flatMap(this::nodeOfCluster);
        if (child.isEmpty()) {
            return Optional.of("the certificate is not that of a node of this cluster");
        }
        Optional<String> header = exchange.header(CAPABILITY_HEADER);
        if (header.isEmpty()) {
            return Optional.of("there is no " + CAPABILITY_HEADER + " header");
        }
        byte[] capability;
        try {
            capability = Base64.getUrlDecoder().decode(header.get());
        } catch (IllegalArgumentException e) {
            return Optional.of("the capability is not base64url");
        }
        long nowMillis = applianceClock.millis();
        for (byte[] parentKey : keys.get()) {
            if (Capability.valid(capability, parentKey, key, child.get(), nowMillis)) {
                return Optional.empty();
            }
        }
        return Optional.of("the capability is expired, or for another content, child or parent");
    }

    private Optional<NodeId> nodeOfCluster(CertificateName name) {
        return name instanceof CertificateName.Node(String itsCluster, NodeId node) && itsCluster.equals(cluster)
                ? Optional.of(node)
                : Optional.empty();
    }
}
