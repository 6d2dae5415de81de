package io.darter.agent.identity;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the appliance's CA and nothing else, and only certificates whose name has the expected role. Host names are not
 * compared: a node is known by the name that the CA gave it, wherever it is.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
    private static final int PROVED_MAX = 4_096;

    private final CaFinder caFinder;
    private final Predicate<X509Certificate> role;
    private final Predicate<X509Certificate> revoked;
    private volatile @Nullable Checker checker;

    /** @param proved SHA-256 of certificates that this CA signed; only their time is looked at again */
    private record Checker(X509Certificate ca, X509TrustManager manager, Set<String> proved) {}

    private PinnedTrust(CaFinder caFinder, Predicate<X509Certificate> role, Predicate<X509Certificate> revoked) {
        this.revoked = revoked;
        this.caFinder = caFinder;
        this.role = role;
    }

    /** The CA is at hand. */
    static PinnedTrust ca(X509Certificate ca, Predicate<X509Certificate> role) {
        return ca(ca, role, _ -> false);
    }

    /** @param revoked asked at each handshake */
    static PinnedTrust ca(X509Certificate ca, Predicate<X509Certificate> role, Predicate<X509Certificate> revoked) {
        return new PinnedTrust(_ -> ca, role, revoked);
    }

    /** The CA is known by its fingerprint, and comes with the chain. */
    static PinnedTrust fingerprint(String fingerprint, Predicate<X509Certificate> role) {
        return new PinnedTrust(
                chain -> {
                    for (X509Certificate certificate : chain) {
                        if (Pem.fingerprint(certificate).equals(fingerprint)) {
                            return certificate;
                        }
                    }
                    throw new CertificateException("the server's CA is not the one of the join token");
                },
                role,
                _ -> false);
    }

    /** Made once for a CA: making it takes longer than all the rest of a handshake. */
    private Checker checker(X509Certificate[] chain) throws CertificateException {
        X509Certificate ca = caFinder.find(chain);
        Checker known = checker;
        if (known == null || !known.ca.equals(ca)) {
            known = new Checker(ca, newChecker(ca), ConcurrentHashMap.newKeySet());
            checker = known;
        }
        return known;
    }

    private static X509TrustManager newChecker(X509Certificate ca) throws CertificateException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("ca", ca);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new CertificateException("this Java has no PKIX trust manager");
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new CertificateException(e);
        }
    }

    private interface Check {
        void with(X509TrustManager manager) throws CertificateException;
    }

    /** The same nodes connect again and again: what is proved of a certificate stays proved, but for its time. */
    private void check(X509Certificate[] chain, Check check) throws CertificateException {
        Checker present = checker(chain);
        String fingerprint = Pem.fingerprint(chain[0]);
        if (present.proved.contains(fingerprint)) {
            chain[0].checkValidity();
            present.ca.checkValidity();
        } else {
            check.with(present.manager);
            requireRole(chain);
            if (present.proved.size() >= PROVED_MAX) {
                present.proved.clear();
            }
            present.proved.add(fingerprint);
        }
        if (revoked.test(chain[0])) {
            throw new CertificateException("the certificate was revoked");
        }
    }

    private void requireRole(X509Certificate[] chain) throws CertificateException {
        if (!role.test(chain[0])) {
            throw new CertificateException("the certificate's name has not the expected role");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, manager -> manager.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, manager -> manager.checkClientTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private interface CaFinder {
        X509Certificate find(X509Certificate[] chain) throws CertificateException;
    }
}
