package io.darter.agent.peer;

import io.darter.agent.http.HttpExchange;
import io.darter.agent.identity.CertificateName;
import io.darter.agent.identity.RevokedPeers;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides whether a child, known by its certificate, may have a content from us. */
final class PeerGate {
    static final String CAPABILITY_HEADER = "Darter-Capability";
    /** Who asks, where no certificates are used. */
    static final String NODE_HEADER = "Darter-Node";

    private static final int ADMITTED_MAX = 1_024;
    /** So long an admission is good without looking again. */
    private static final long ADMITTED_MILLIS = 5_000;

    private final String cluster;
    private final boolean certificates;
    private final RevokedPeers revoked;
    private final Supplier<List<byte[]>> keys;
    private final InstantSource applianceClock;
    private final Predicate<ContentKey> open;
    private final Map<Admission, Long> admitted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Admission, Long> eldest) {
            return size() > ADMITTED_MAX;
        }
    };

    /** What a child asks for many times in a row on one connection, showing the same capability. */
    private record Admission(X509Certificate certificate, ContentKey key, String capability) {
        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Admission admission
                    && admission.certificate == certificate // the very one of this connection
                    && admission.capability.equals(capability)
                    && admission.key.equals(key);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(certificate) + capability.hashCode();
        }
    }

    /**
     * @param certificates false: whoever asks is who it says
     * @param open what every node of the cluster may have, by its certificate alone
     */
    PeerGate(
            String cluster,
            boolean certificates,
            RevokedPeers revoked,
            Supplier<List<byte[]>> keys,
            InstantSource applianceClock,
            Predicate<ContentKey> open) {
        this.open = open;
        this.cluster = cluster;
        this.certificates = certificates;
        this.revoked = revoked;
        this.keys = keys;
        this.applianceClock = applianceClock;
    }

    /** Who asks: by its certificate, or by its word where that is enough. */
    Optional<NodeId> child(HttpExchange exchange) {
        return certificates
                ? exchange.peerCertificate().flatMap(CertificateName::of).flatMap(this::nodeOfCluster)
                : exchange.header(NODE_HEADER).flatMap(PeerGate::nodeId);
    }

    /** Why not; empty if it may. */
    Optional<String> refusal(HttpExchange exchange, ContentKey key) {
        Optional<String> header = exchange.header(CAPABILITY_HEADER);
        Optional<NodeId> child = child(exchange);
        if (child.filter(revoked::isRevoked).isPresent()
                || exchange.peerCertificate().filter(revoked::isRevoked).isPresent()) {
            return Optional.of("the node's certificate was revoked");
        }
        if (!certificates) {
            return child.isEmpty()
                    ? Optional.of("there is no good " + NODE_HEADER + " header, which peers without TLS need")
                    : refusal(child.get(), header, key);
        }
        Optional<X509Certificate> certificate = exchange.peerCertificate();
        if (certificate.isEmpty() || child.isEmpty()) {
            return Optional.of("the certificate is not that of a node of this cluster");
        }
        if (header.isEmpty()) {
            return open.test(key) ? Optional.empty() : refusal(child.get(), header, key);
        }
        Admission admission = new Admission(certificate.get(), key, header.get());
        if (isAdmitted(admission)) {
            return Optional.empty();
        }
        Optional<String> refusal = refusal(child.get(), header, key);
        if (refusal.isEmpty()) {
            admit(admission);
        }
        return refusal;
    }

    private synchronized boolean isAdmitted(Admission admission) {
        Long untilMillis = admitted.get(admission);
        return untilMillis != null && applianceClock.millis() < untilMillis;
    }

    private synchronized void admit(Admission admission) {
        admitted.remove(admission); // the latest goes to the end
        admitted.put(admission, applianceClock.millis() + ADMITTED_MILLIS);
    }

    private Optional<String> refusal(NodeId child, Optional<String> header, ContentKey key) {
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
            if (Capability.valid(capability, parentKey, key, child, nowMillis)) {
                return Optional.empty();
            }
        }
        return Optional.of("the capability is expired, or for another content, child or parent");
    }

    private static Optional<NodeId> nodeId(String text) {
        try {
            return Optional.of(new NodeId(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<NodeId> nodeOfCluster(CertificateName name) {
        return name instanceof CertificateName.Node(String itsCluster, NodeId node) && itsCluster.equals(cluster)
                ? Optional.of(node)
                : Optional.empty();
    }
}
