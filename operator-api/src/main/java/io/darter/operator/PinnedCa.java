package io.darter.operator;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a server that presents a leaf in time, signed by the one CA whose fingerprint is known. The address is not
 * compared: the CA signs for nobody but its appliances and nodes, and a node's leaf has no appliance URI.
 */
final class PinnedCa extends X509ExtendedTrustManager {
    private static final int URI_NAME = 6;

    private final String fingerprint;

    private PinnedCa(String fingerprint) {
        this.fingerprint = fingerprint.toLowerCase(Locale.ROOT).replace(":", "");
    }

    static SSLContext context(String fingerprint) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PinnedCa(fingerprint)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        try {
            for (int i = 1; i < chain.length; i++) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(chain[i].getEncoded());
                if (HexFormat.of().formatHex(digest).equals(fingerprint)) {
                    chain[0].verify(chain[i].getPublicKey());
                    chain[0].checkValidity();
                    requireAppliance(chain[0]);
                    return;
                }
            }
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the certificate is not signed by the pinned CA", e);
        }
        throw new CertificateException("the pinned CA is not in the server's chain");
    }

    private static void requireAppliance(X509Certificate leaf) throws CertificateException {
        var names = leaf.getSubjectAlternativeNames();
        boolean appliance = names != null
                && names.stream()
                        .anyMatch(name -> name.getFirst().equals(URI_NAME)
                                && String.valueOf(name.get(1)).startsWith("darter://appliance/"));
        if (!appliance) {
            throw new CertificateException("the certificate is not an appliance's");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("clients are not checked here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("clients are not checked here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("clients are not checked here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
