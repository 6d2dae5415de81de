package io.darter.agent.identity;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/**
 * TLS contexts of an identity; both ends always prove themselves. BoringSSL where it is available, else the JDK. Made anew
 * after each renewal.
 */
public final class TlsContexts {
    private static final SslProvider PROVIDER = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    /**
     * In which the builder carries the key to itself, in memory. The default kind, PKCS #12, derives a key from a password in
     * 10,000 rounds, twice for each context: a third of the time of an agent's start.
     */
    private static final String KEY_STORE = "JKS";

    private TlsContexts() {}

    /** For the peer server: lets in nodes of the same cluster. */
    public static SslContext peerServer(Identity identity) throws SSLException {
        return peerServer(identity, RevokedPeers.none());
    }

    /** The same, without those that were removed. */
    public static SslContext peerServer(Identity identity, RevokedPeers revoked) throws SSLException {
        return SslContextBuilder.forServer(identity.key(), identity.certificate())
                .sslProvider(PROVIDER)
                .keyStoreType(KEY_STORE)
                .trustManager(PinnedTrust.ca(
                        identity.ca(), certificate -> isNodeOf(identity.cluster(), certificate), revoked::isRevoked))
                .clientAuth(ClientAuth.REQUIRE)
                .protocols("TLSv1.3")
                .build();
    }

    /** For fetching from peers; the caller still checks that the parent is the expected node. */
    public static SslContext peerClient(Identity identity) throws SSLException {
        return peerClient(identity, RevokedPeers.none());
    }

    /** The same, without those that were removed. */
    public static SslContext peerClient(Identity identity, RevokedPeers revoked) throws SSLException {
        return SslContextBuilder.forClient()
                .keyManager(identity.key(), identity.certificate())
                .sslProvider(PROVIDER)
                .keyStoreType(KEY_STORE)
                .trustManager(PinnedTrust.ca(
                        identity.ca(), certificate -> isNodeOf(identity.cluster(), certificate), revoked::isRevoked))
                .endpointIdentificationAlgorithm(null)
                .protocols("TLSv1.3")
                .build();
    }

    /** For joining and renewing: only the appliance proves itself, by the certificate; the request has its own proof. */
    static SslContext appliance(PinnedTrust trust) throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(PROVIDER)
                .trustManager(trust)
                .endpointIdentificationAlgorithm(null)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    /** For the gRPC link to the scheduler. */
    public static SslContext link(Identity identity) throws SSLException {
        return GrpcSslContexts.configure(SslContextBuilder.forClient(), PROVIDER)
                .keyManager(identity.key(), identity.certificate())
                .keyStoreType(KEY_STORE)
                .trustManager(PinnedTrust.ca(identity.ca(), TlsContexts::isAppliance))
                .endpointIdentificationAlgorithm(null)
                .protocols("TLSv1.3")
                .build();
    }

    static boolean isNodeOf(String cluster, X509Certificate certificate) {
        return CertificateName.of(certificate)
                .filter(name -> name instanceof CertificateName.Node node
                        && node.cluster().equals(cluster))
                .isPresent();
    }

    static boolean isAppliance(X509Certificate certificate) {
        return CertificateName.of(certificate)
                .filter(CertificateName.Appliance.class::isInstance)
                .isPresent();
    }
}
