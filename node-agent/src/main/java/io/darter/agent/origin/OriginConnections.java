package io.darter.agent.origin;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** One JDK client for each CA in use and one without TLS: connections are kept, HTTP/1.1, redirects are left to us. */
final class OriginConnections implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("origin-", 0).factory());
    /** As many as there are different CA files in the settings, and two. */
    private final Map<Trust, HttpClient> clients = new HashMap<>();

    private final UnaryOperator<HttpClient.Builder> more;

    /** @param more what is set beside: nothing, except in tests */
    OriginConnections(UnaryOperator<HttpClient.Builder> more) {
        this.more = more;
    }

    /** @param ca PEM file; empty = the JDK's list */
    private record Trust(Optional<Path> ca, boolean tls) {}

    /**
     * @param ca PEM file; empty = the JDK's list
     * @param tls false if it is for plain HTTP; then TLS would trust nobody
     */
    synchronized HttpClient client(Optional<Path> ca, boolean tls) throws DarterException {
        Trust trust = new Trust(tls ? ca : Optional.empty(), tls);
        HttpClient client = clients.get(trust);
        if (client == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .executor(threads);
            if (!tls) {
                // Else the client reads the JDK's list of CAs, which takes long and stays in memory.
                builder.sslContext(trustingNobody());
            } else if (ca.isPresent()) {
                builder.sslContext(trusting(ca.get()));
            }
            client = more.apply(builder).build();
            clients.put(trust, client);
        }
        return client;
    }

    private static SSLContext trustingNobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    private static SSLContext trusting(Path ca) throws DarterException {
        try (InputStream in = Files.newInputStream(ca)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + count++, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading the CA certificate " + ca,
                    String.valueOf(e.getMessage()),
                    "Give a readable PEM file as ca under registries.",
                    e);
        }
    }

    @Override
    public synchronized void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        threads.shutdownNow();
    }
}
