package io.darter.appliance.join;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A machine with a key, as the appliance's interfaces see it from outside. */
public final class TestNode {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public final KeyPair keys;
    private final URI server;
    private final HttpClient client = HttpClient.newHttpClient();

    public TestNode(URI server) throws Exception {
        this.server = server;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        this.keys = generator.generateKeyPair();
    }

    /** Status and body. */
    public record Answer(int status, JsonNode body) {
        public String text(String field) {
            return body.path(field).asString("");
        }

        public X509Certificate certificate(String field) throws Exception {
            byte[] pem = text(field).getBytes(StandardCharsets.UTF_8);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        }
    }

    public Answer join(String token, String hostname) throws Exception {
        return join(token, hostname, sign(token + '\n' + publicKey()));
    }

    public Answer join(String token, String hostname, String proof) throws Exception {
        return post(
                "/api/v1/join",
                Map.of(
                        "token", token,
                        "publicKey", publicKey(),
                        "proof", proof,
                        "hostname", hostname,
                        "advertise", "127.0.0.1"));
    }

    public Answer renew(String nodeId, long timestampMillis) throws Exception {
        return post(
                "/api/v1/renew",
                Map.of(
                        "nodeId",
                        nodeId,
                        "publicKey",
                        publicKey(),
                        "proof",
                        sign(nodeId + '\n' + timestampMillis),
                        "timestampMillis",
                        timestampMillis));
    }

    public String sign(String text) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(signature.sign());
    }

    private String publicKey() {
        return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    }

    private Answer post(String path, Map<String, Object> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }
}
