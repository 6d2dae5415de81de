package io.darter.agent.identity;

import io.darter.swarm.NodeId;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A CA and the identities it gives out. */
public final class TestCluster {
    private final X509Bundle ca;

    public TestCluster() {
        ca = build(() -> new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=test CA")
                .setIsCertificateAuthority(true)
                .buildSelfSigned());
    }

    public Identity node(String cluster, String node) {
        return node(cluster, node, Duration.ofDays(7));
    }

    public Identity node(String cluster, String node, Duration life) {
        X509Bundle bundle = build(() ->
                leaf("darter://cluster/" + cluster + "/node/" + node, life).buildIssuedBy(ca));
        return new Identity(
                new NodeId(node),
                node,
                cluster,
                false,
                List.of(),
                List.of(),
                bundle.getKeyPair().getPrivate(),
                bundle.getCertificate(),
                ca.getCertificate());
    }

    /** A certificate for somebody else's key. */
    public X509Certificate sign(String uri, PublicKey key) {
        return build(() -> leaf(uri, Duration.ofDays(7)).publicKey(key).buildIssuedBy(ca))
                .getCertificate();
    }

    /** Key and chain of a server by which the appliance is known. */
    public X509Bundle appliance() {
        return build(() -> leaf("darter://appliance/one", Duration.ofDays(7))
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(ca));
    }

    public X509Certificate ca() {
        return ca.getCertificate();
    }

    private static CertificateBuilder leaf(String uri, Duration life) {
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=test")
                .notBefore(Instant.now().minusSeconds(60))
                .notAfter(Instant.now().plus(life))
                .addSanUriName(URI.create(uri))
                .addExtendedKeyUsage(ExtendedKeyUsage.PKIX_KP_SERVER_AUTH)
                .addExtendedKeyUsage(ExtendedKeyUsage.PKIX_KP_CLIENT_AUTH);
    }

    private static X509Bundle build(Building building) {
        try {
            return building.build();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Building {
        X509Bundle build() throws Exception;
    }
}
