package io.darter.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
@ExtendWith(EventLoopsNeverWait.class)
class JoinClientTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TestCluster CLUSTER = new TestCluster();

    private final JoinClient client = new JoinClient(InstantSource.system());
    private final HttpsServer appliance = create();

    @TempDir
    Path folder = Path.of("replaced");

    @BeforeEach
    void start() throws Exception {
        appliance.setHttpsConfigurator(new HttpsConfigurator(tls(CLUSTER.appliance())));
        appliance.start();
    }

    @AfterEach
    void stop() {
        appliance.stop(0);
    }

    @Test
    void aNodeJoinsProvesItsKeyAndIsTheSameAfterARestart() throws Exception {
        appliance.createContext("/api/v1/join", this::admit);

        Identity joined = client.join(JoinToken.parse(token(CLUSTER)), "host-1", "127.0.0.1");
        new IdentityFiles(folder).save(joined);
        Identity loaded = new IdentityFiles(folder).load().orElseThrow();

        assertEquals("n1", joined.node().value());
        assertEquals(joined, loaded);
        assertEquals(
                "[OWNER_READ, OWNER_WRITE]",
                new java.util.TreeSet<>(Files.getPosixFilePermissions(folder.resolve("identity/identity.json")))
                        .toString());
        assertFalse(joined.renewalDue(Instant.now().plusSeconds(3600)));
        assertTrue(joined.renewalDue(Instant.now().plus(Duration.ofDays(2))));
    }

    @Test
    void renewalKeepsTheKeyAndProvesIt() throws Exception {
        appliance.createContext("/api/v1/join", this::admit);
        appliance.createContext("/api/v1/renew", this::admit);
        Identity joined = client.join(JoinToken.parse(token(CLUSTER)), "host-1", "");

        Identity renewed = client.renew(joined);

        assertEquals(joined.key(), renewed.key());
        assertEquals(joined.node(), renewed.node());
    }

    @Test
    void aRefusalComesInTheAppliancesOwnWords() throws Exception {
        appliance.createContext(
                "/api/v1/join",
                exchange -> answer(
                        exchange,
                        403,
                        "{\"code\":\"JOIN_TOKEN_REFUSED\",\"tried\":\"t\",\"happened\":\"the token was used before\","
                                + "\"advice\":\"Make a new one.\",\"status\":403}"));

        DarterException refused =
                assertThrows(DarterException.class, () -> client.join(JoinToken.parse(token(CLUSTER)), "host-1", ""));
        assertEquals(ErrorCode.JOIN_TOKEN_REFUSED, refused.code());
        assertEquals("the token was used before", refused.happened());
        assertFalse(refused.toString().contains("s3cret"));
    }

    @Test
    void anApplianceOfAnotherCaNeverSeesTheToken() throws Exception {
        boolean[] asked = new boolean[1];
        appliance.createContext("/api/v1/join", exchange -> {
            asked[0] = true;
            admit(exchange);
        });

        DarterException refused = assertThrows(
                DarterException.class, () -> client.join(JoinToken.parse(token(new TestCluster())), "host-1", ""));
        assertEquals(ErrorCode.APPLIANCE_UNREACHABLE, refused.code());
        assertFalse(asked[0]);
    }

    @Test
    void halfATokenIsRefusedBeforeAnythingIsSent() {
        DarterException refused = assertThrows(
                DarterException.class, () -> JoinToken.parse(token(CLUSTER).substring(0, 60)));
        assertEquals(ErrorCode.JOIN_TOKEN_REFUSED, refused.code());
    }

    private String token(TestCluster cluster) {
        String json = JSON.writeValueAsString(Map.of(
                "id",
                "1",
                "secret",
                "s3cret",
                "ca",
                Pem.fingerprint(cluster.ca()),
                "servers",
                List.of("https://127.0.0.1:" + appliance.getAddress().getPort())));
        return "darter1."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** What the appliance does: check the proof, sign. */
    private void admit(HttpExchange exchange) throws IOException {
        try {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            byte[] der = Base64.getDecoder().decode(request.get("publicKey").asString());
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
            String signed = request.has("token")
                    ? request.get("token").asString() + "\n"
                            + request.get("publicKey").asString()
                    : request.get("nodeId").asString() + "\n"
                            + request.get("timestampMillis").asLong();
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(key);
            signature.update(signed.getBytes(StandardCharsets.UTF_8));
            boolean proved = signature.verify(
                    Base64.getDecoder().decode(request.get("proof").asString()));
            String certificate = Pem.of(CLUSTER.sign("darter://cluster/c1/node/n1", key));
            String body = JSON.writeValueAsString(Map.of(
                    "nodeId", "n1",
                    "nodeName", "host-1",
                    "cluster", "c1",
                    "role", "seed",
                    "certificate", certificate,
                    "caCertificate", Pem.of(CLUSTER.ca()),
                    "agentLink", List.of("127.0.0.1:8444"),
                    "expiresAt", "2030-01-01T00:00:00Z"));
            answer(exchange, proved ? 200 : 403, proved ? body : "{}");
        } catch (java.security.GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static HttpsServer create() {
        try {
            return HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static SSLContext tls(X509Bundle bundle) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", bundle.getKeyPair().getPrivate(), new char[0], new Certificate[] {
            bundle.getCertificate(), CLUSTER.ca()
        });
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
