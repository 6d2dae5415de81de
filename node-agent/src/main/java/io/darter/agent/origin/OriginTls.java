package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Whom origins are trusted by: the JDK's list of CAs, read when the first origin with TLS is asked, or a registry's own.
 * BoringSSL where it is available, else the JDK. Names are compared with the certificate's always.
 */
final class OriginTls {
    private static final int CAUSES_MAX = 16;

    /** As many as there are different CA files in the settings, and one. */
    private final Map<Optional<Path>, SslContext> contexts = new HashMap<>();

    /**
     * Made once and kept. Any thread; reads files.
     *
     * @param ca PEM file; empty = the JDK's list
     */
    synchronized SslContext context(Optional<Path> ca) throws DarterException, SSLException {
        SslContext context = contexts.get(ca);
        if (context == null) {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .endpointIdentificationAlgorithm("HTTPS")
                    .protocols("TLSv1.3", "TLSv1.2");
            context = ca.isPresent() ? trusting(builder, ca.get()) : builder.build();
            contexts.put(ca, context);
        }
        return context;
    }

    private static SslContext trusting(SslContextBuilder builder, Path ca) throws DarterException {
        try (InputStream in = Files.newInputStream(ca)) {
            X509Certificate[] certificates = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw new CertificateException("there is no certificate in it");
            }
            return builder.trustManager(certificates).build();
        } catch (IOException | CertificateException | IllegalArgumentException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading the CA certificate " + ca,
                    String.valueOf(e.getMessage()),
                    "Give a readable PEM file as ca under registries.",
                    e);
        }
    }

    /** True if the network failed, not the trust: the next attempt may succeed. */
    static boolean isBroken(SSLException failure) {
        return failure instanceof SslHandshakeTimeoutException
                || (failure.getCause() == null
                        && String.valueOf(failure.getMessage()).startsWith("Connection closed"));
    }

    /** For a person: what is wrong with the certificate, rather than which of its users threw what. */
    static String words(SSLException failure) {
        String last = String.valueOf(failure.getMessage());
        boolean unknownCa = false;
        Throwable at = failure;
        for (int depth = 0; at != null && depth < CAUSES_MAX; depth++) {
            last = at.getMessage() == null ? last : at.getMessage();
            if (at instanceof CertificateExpiredException || at instanceof CertificateNotYetValidException) {
                return "its certificate is not valid now (" + last + ")";
            }
            if (at instanceof NotSslRecordException) {
                return "what answers there does not speak TLS";
            }
            if (at.getClass() == CertificateException.class && last.startsWith("No ")) {
                return "its certificate is for another name (" + last + ")";
            }
            unknownCa |= at instanceof CertPathBuilderException;
            at = at.getCause();
        }
        return unknownCa ? "its certificate is not signed by a CA that this node trusts (" + last + ")" : last;
    }
}
