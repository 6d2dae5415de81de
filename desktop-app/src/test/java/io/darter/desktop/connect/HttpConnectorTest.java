package io.darter.desktop.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpConnectorTest {
    private static final char[] STORE_PASSWORD = "example".toCharArray();
    private static final String OVERVIEW = """
            {"version":"0.1.0","sentence":"","healthy":true,"nodesOnline":3,"nodesTotal":3,"tasksRunning":0,
            "tasksTotal":0,"originBytes":0,"peerBytes":0,"deliveredBytes":0,"savedBytes":0}""";

    private final HttpConnector connector = new HttpConnector();

    @TempDir
    Path folder;

    private @Nullable HttpServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    @Test
    void anApplianceThatKnowsTheUserIsConnected() throws Exception {
        URI address = serve(HttpServer.create(loopback(), 0), "http");
        assertEquals(3, connector.connect(as(address, "", "right")).overview().nodesTotal());
    }

    @Test
    void aWrongPasswordIsARefusal() throws Exception {
        URI address = serve(HttpServer.create(loopback(), 0), "http");
        assertEquals(ConnectFailure.Kind.REFUSED, failureOf(as(address, "", "wrong")));
    }

    @Test
    void aPortWhereNothingListensIsUnreachable() throws Exception {
        URI address = serve(HttpServer.create(loopback(), 0), "http");
        stop();
        assertEquals(ConnectFailure.Kind.UNREACHABLE, failureOf(as(address, "", "right")));
        ConnectFailure failure = assertThrows(
                ConnectFailure.class,
                () -> connector.presentedFingerprint(URI.create("https://127.0.0.1:" + address.getPort())));
        assertEquals(ConnectFailure.Kind.UNREACHABLE, failure.kind());
    }

    @Test
    void thePresentedAuthorityIsSeenWithoutBeingTrusted() throws Exception {
        KeyStore keys = selfSigned();
        HttpsServer https = HttpsServer.create(loopback(), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        URI address = serve(https, "https");
        byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest(keys.getCertificate("ca").getEncoded());
        assertEquals(HexFormat.of().formatHex(digest), connector.presentedFingerprint(address));
        assertEquals(ConnectFailure.Kind.UNTRUSTED, failureOf(as(address, "00".repeat(32), "right")));
    }

    private ConnectFailure.Kind failureOf(Appliance appliance) {
        return assertThrows(ConnectFailure.class, () -> connector.connect(appliance))
                .kind();
    }

    private static Appliance as(URI address, String fingerprint, String password) {
        return new Appliance(address, fingerprint, "admin", password);
    }

    private URI serve(HttpServer made, String scheme) {
        server = made;
        made.createContext("/api/v1/overview", HttpConnectorTest::answer);
        made.start();
        return URI.create(scheme + "://127.0.0.1:" + made.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange) throws IOException {
        boolean known =
                "Basic YWRtaW46cmlnaHQ=".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = (known
                        ? OVERVIEW
                        : "{\"code\":\"LOGIN_REFUSED\",\"tried\":\"\",\"happened\":\"\",\"advice\":\"\",\"status\":401}")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(known ? 200 : 401, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private KeyStore selfSigned() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "ca",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=example",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(STORE_PASSWORD))
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertEquals(true, keytool.waitFor(60, TimeUnit.SECONDS));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, STORE_PASSWORD);
        }
        return keys;
    }

    private static SSLContext context(KeyStore keys) throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, STORE_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
