package io.darter.agent.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.config.RegistrySettings;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.EventLoops;
import io.darter.agent.peer.TransferException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.CertificateBuilder.ExtendedKeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(EventLoopsNeverWait.class)
class OriginTlsTest {
    private static final Duration STALL = Duration.ofSeconds(10);
    private static final String FIVE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde";

    private final EventLoops loops = new EventLoops(1);
    private final X509Bundle ca;

    @TempDir
    Path folder = Path.of("replaced");

    OriginTlsTest() throws Exception {
        ca = authority("CN=registry CA");
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void anOriginWithACertificateOfTheConfiguredCaIsTrustedByNameAndAddress() throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            try (ScriptedOrigin origin = origin(
                            leaf().addSanDnsName("registry.example").addSanIpAddress("127.0.0.1"), FIVE, protocol);
                    OriginHttp http = http(origin)) {
                for (String host : List.of("registry.example", "127.0.0.1", "Registry.Example")) {
                    assertEquals("abcde", get(http, "https://" + host + "/x", ca()));
                    OriginHttpTest.until(() -> http.connections().idle() > 0);
                }
                // The name in other letters is the same place.
                assertEquals(2, origin.connections());
            }
        }
    }

    @Test
    void aStrangersCertificateAWrongNameAndAnOldCertificateAreRefusedInWords() throws Exception {
        Path other = other();
        try (ScriptedOrigin origin = origin(leaf().addSanDnsName("registry.example"), FIVE, "TLSv1.3")) {
            assertRefused(origin, "https://registry.example/", other, "not signed by a CA that this node trusts");
            assertRefused(origin, "https://mirror.example/", ca(), "for another name");
            assertRefused(origin, "https://127.0.0.1/", ca(), "for another name");
            try (OriginHttp http = http(origin)) {
                IOException untrusted = assertThrows(
                        IOException.class,
                        () -> http.send(request("https://registry.example/"), Optional.empty(), STALL));
                assertTrue(untrusted instanceof SSLException, String.valueOf(untrusted));
            }
        }
        Instant now = Instant.now();
        CertificateBuilder old = leaf().addSanDnsName("registry.example")
                .notBefore(now.minusSeconds(1000))
                .notAfter(now.minusSeconds(100));
        try (ScriptedOrigin origin = origin(old, FIVE, "TLSv1.3")) {
            assertRefused(origin, "https://registry.example/", ca(), "not valid now");
        }
    }

    @Test
    void whatSpeaksNoTlsIsNamedAndACaThatCannotBeReadIsTheConfigurationsFault() throws Exception {
        RawOrigin raw = new RawOrigin();
        raw.say(List.of("HTTP/1.1 400 x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
        OriginNetwork network = new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator());
        try (OriginHttp http = new OriginHttp(network, (_, _) -> List.of(raw.address()))) {
            SSLException failure = assertThrows(
                    SSLException.class,
                    () -> http.send(request("https://registry.example/"), Optional.of(ca()), STALL));
            assertEquals("what answers there does not speak TLS", OriginTls.words(failure));
            Path empty = Files.writeString(folder.resolve("empty.pem"), "");
            for (Path file : List.of(empty, folder.resolve("absent.pem"))) {
                DarterException wrong = assertThrows(
                        DarterException.class,
                        () -> http.send(request("https://registry.example/"), Optional.of(file), STALL));
                assertEquals(ErrorCode.CONFIG_INVALID, wrong.code());
            }
        }
    }

    @Test
    void aRefusedCertificateIsAnErrorOfTlsThatSaysWhatToDo() throws Exception {
        try (ScriptedOrigin origin = origin(leaf().addSanDnsName("registry.example"), FIVE, "TLSv1.3")) {
            String host = "registry.example:" + origin.port();
            RegistrySettings settings =
                    new RegistrySettings(host, false, Optional.of(other()), "", Optional.empty(), Optional.empty());
            try (HttpOriginClient client = new HttpOriginClient(
                    new Registries(List.of(settings)),
                    http(origin),
                    _ -> {},
                    InstantSource.system(),
                    STALL,
                    Thread::sleep)) {
                DarterException refused = assertThrows(
                        DarterException.class,
                        () -> client.meta("GET", URI.create("https://" + host + "/v2/"), host, "", Map.of()));
                assertEquals(ErrorCode.ORIGIN_TLS, refused.code());
                assertTrue(refused.happened().startsWith("TLS failed: its certificate"), refused.happened());
                assertEquals(1, client.counters().requests());
            }
        }
    }

    @Test
    void onlyABodyWithoutLengthNeedsAFarewellOverTls() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\n\r\nabcde";
        CertificateBuilder certificate = leaf().addSanDnsName("registry.example");
        try (ScriptedOrigin origin = origin(certificate, answer, "TLSv1.3", true);
                OriginHttp http = http(origin)) {
            assertEquals("abcde", get(http, "https://registry.example/x", ca()));
        }
        try (ScriptedOrigin origin = origin(certificate, answer, "TLSv1.3", false);
                OriginHttp http = http(origin)) {
            assertThrows(TransferException.class, () -> get(http, "https://registry.example/x", ca()));
        }
        try (ScriptedOrigin origin = origin(certificate, FIVE, "TLSv1.3", false);
                OriginHttp http = http(origin)) {
            for (int i = 0; i < 5; i++) {
                assertEquals("abcde", get(http, "https://registry.example/x", ca()));
            }
        }
    }

    // ---- the parts ----

    private void assertRefused(ScriptedOrigin origin, String url, Path trusted, String words) {
        try (OriginHttp http = http(origin)) {
            SSLException failure =
                    assertThrows(SSLException.class, () -> http.send(request(url), Optional.of(trusted), STALL));
            assertTrue(OriginTls.words(failure).contains(words), OriginTls.words(failure));
            OriginHttpTest.until(() -> http.connections().open() == 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String get(OriginHttp http, String url, Path trusted) throws Exception {
        return OriginHttpTest.text(http.send(request(url), Optional.of(trusted), STALL));
    }

    private static OriginRequest request(String url) {
        return new OriginRequest("GET", URI.create(url), Map.of(), OriginHttpTest.KEPT);
    }

    /** A CA that signed none of the certificates. */
    private Path other() throws Exception {
        X509Bundle stranger = authority("CN=other CA");
        return Files.writeString(folder.resolve("other.pem"), stranger.getCertificatePEM());
    }

    private static X509Bundle authority(String name) throws Exception {
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject(name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private OriginHttp http(ScriptedOrigin origin) {
        OriginNetwork network = new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator());
        return new OriginHttp(
                network, (_, _) -> List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), origin.port())));
    }

    private Path ca() throws Exception {
        return Files.writeString(folder.resolve("ca.pem"), ca.getCertificatePEM());
    }

    private static CertificateBuilder leaf() {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .algorithm(Algorithm.ecp256)
                .subject("CN=registry")
                .notBefore(now.minusSeconds(600))
                .notAfter(now.plusSeconds(3600))
                .addExtendedKeyUsage(ExtendedKeyUsage.PKIX_KP_SERVER_AUTH);
    }

    /** Keeps its connections. */
    private ScriptedOrigin origin(CertificateBuilder certificate, String answer, String protocol) throws Exception {
        return new ScriptedOrigin(new TlsSocket(context(certificate), protocol), (_, out) -> {
            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            return true;
        });
    }

    /** Closes after its answer, with TLS's farewell or without it. */
    private ScriptedOrigin origin(CertificateBuilder certificate, String answer, String protocol, boolean farewell)
            throws Exception {
        TlsSocket socket = new TlsSocket(context(certificate), protocol);
        return new ScriptedOrigin(socket, (_, out) -> {
            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            if (!farewell) {
                socket.below.getLast().close();
            }
            return false;
        });
    }

    private SSLContext context(CertificateBuilder certificate) throws Exception {
        X509Bundle bundle = certificate.buildIssuedBy(ca);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "key", bundle.getKeyPair().getPrivate(), new char[0], new Certificate[] {bundle.getCertificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** Gives out TLS connections, and knows the connections below them. */
    private static final class TlsSocket extends ServerSocket {
        private final List<Socket> below = new CopyOnWriteArrayList<>();
        private final SSLContext context;
        private final String protocol;

        TlsSocket(SSLContext context, String protocol) throws IOException {
            super(0, 50, InetAddress.getLoopbackAddress());
            this.context = context;
            this.protocol = protocol;
        }

        @Override
        public Socket accept() throws IOException {
            Socket plain = super.accept();
            below.add(plain);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "", 0, true);
            tls.setUseClientMode(false);
            tls.setEnabledProtocols(new String[] {protocol});
            return tls;
        }
    }
}
