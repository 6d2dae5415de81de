package io.darter.desktop.connect;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the certificates of a server without trusting them: the handshake is always broken off as soon as they were
 * seen, so that nothing can be sent to it.
 */
final class PresentedCa {
    private static final int TIMEOUT_MILLIS = 8_000;
    private static final int HTTPS_PORT = 443;

    private PresentedCa() {}

    /** SHA-256 in hex of the last certificate of the presented chain, the appliance's own CA. */
    static String fingerprint(URI address) throws ConnectFailure {
        Witness witness = new Witness();
        int port = address.getPort() < 0 ? HTTPS_PORT : address.getPort();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(address.getHost(), port), TIMEOUT_MILLIS);
            plain.setSoTimeout(TIMEOUT_MILLIS);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {witness}, null);
            try (SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, address.getHost(), port, true)) {
                tls.startHandshake();
            }
        } catch (IOException | GeneralSecurityException e) {
            if (witness.authority == null) {
                throw unreachable(e);
            }
        }
        return fingerprint(witness.authority);
    }

    private static String fingerprint(@Nullable X509Certificate authority) throws ConnectFailure {
        try {
            if (authority == null) {
                throw new ConnectFailure(ConnectFailure.Kind.OTHER, "no certificate");
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(authority.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new ConnectFailure(ConnectFailure.Kind.OTHER, String.valueOf(e.getMessage()));
        }
    }

    private static ConnectFailure unreachable(Exception cause) {
        ConnectFailure failure =
                new ConnectFailure(ConnectFailure.Kind.UNREACHABLE, String.valueOf(cause.getMessage()));
        failure.initCause(cause);
        return failure;
    }

    private static final class Witness implements X509TrustManager {
        private @Nullable X509Certificate authority;

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            authority = chain[chain.length - 1];
            throw new CertificateException("only looking");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("never a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
