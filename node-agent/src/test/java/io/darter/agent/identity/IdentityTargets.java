package io.darter.agent.identity;

import io.darter.agent.Scratch;
import io.darter.agent.errors.DarterException;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.link.Capability;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;

/** Words by which nodes know each other. */
public final class IdentityTargets implements Targets {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final NodeId NODE = new NodeId("n1");
    /** For darter://cluster/c1/node/n1. */
    private static final String CERTIFICATE =
            "MIIBlzCCAT2gAwIBAgIUPZLimvR29H8JnmTOY1JX8KRaR/0wCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCbjEwHhcNMjYxMTIyMTYx"
                    + "OTE4WhcNMzYxMTE5MTYxOTE4WjANMQswCQYDVQQDDAJuMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABI3/83BwNM9drszn8Y9m"
                    + "JAoe8XD9DllT5mQoZCrk8cvvEVGxfNPJHzZp0N3XOg+I/Vbl92NGYMqhV8JjpiTCabqjezB5MB0GA1UdDgQWBBTEiyyAfK+9UlaB"
                    + "pr4FUS5E+hYsDzAfBgNVHSMEGDAWgBTEiyyAfK+9UlaBpr4FUS5E+hYsDzAPBgNVHRMBAf8EBTADAQH/MCYGA1UdEQQfMB2GG2Rh"
                    + "cnRlcjovL2NsdXN0ZXIvYzEvbm9kZS9uMTAKBggqhkjOPQQDAgNIADBFAiAlDkFR15f9jTWN7skbGY2JICza5DIxwKGwMAqBX0w8"
                    + "7gIhALs4XCwMTHTFK9xbPw7FU3fQO4GTYMiaYCvLAEDWPqDY";

    private static final byte[] PARENT_KEY = new byte[32];
    /** As it stands in JSON. */
    private static final String PEM =
            "-----BEGIN CERTIFICATE-----\\n" + CERTIFICATE + "\\n-----END CERTIFICATE-----\\n";

    private static final PrivateKey NO_KEY = new PrivateKey() {
        private static final long serialVersionUID = 1;

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return "none";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    };

    private final Path folder = Scratch.folder();

    @Override
    public List<Target> all() {
        String token =
                "{\"id\":\"a\",\"secret\":\"b\",\"ca\":\"" + "0a".repeat(32) + "\",\"servers\":[\"https://h:8443\"]}";
        return List.of(
                Target.of("join-token", IdentityTargets::token)
                        .refusing(DarterException.class)
                        .withExamples(token)
                        .withWords("\"servers\":", "\"ca\":", "https://", "null"),
                Target.of("certificate", IdentityTargets::certificate)
                        .refusing(CertificateException.class)
                        .withExamples(Base64.getDecoder().decode(CERTIFICATE))
                        .withWords("darter://cluster/", "/node/", "darter://appliance/"),
                Target.of("join-answer", IdentityTargets::joinAnswer)
                        .refusing(DarterException.class)
                        .refusing(JacksonException.class)
                        .withExamples(
                                "{\"nodeId\":\"n1\",\"nodeName\":\"n\",\"cluster\":\"c1\",\"role\":\"seed\",\"certificate\":\""
                                        + PEM + "\",\"caCertificate\":\"" + PEM + "\",\"agentLink\":[\"h:8444\"]}",
                                "{\"happened\":\"x\",\"advice\":\"y\"}")
                        .withWords(
                                "\"nodeId\":",
                                "\"certificate\":\"",
                                "\"caCertificate\":",
                                "\"agentLink\":[",
                                "-----BEGIN CERTIFICATE-----\\n",
                                "\\n-----END CERTIFICATE-----",
                                "null",
                                "[[[["),
                Target.of("identity-file", this::identityFile)
                        .refusing(DarterException.class)
                        .withExamples(
                                "{\"nodeId\":\"n1\",\"nodeName\":\"n\",\"cluster\":\"c1\",\"seed\":false,\"agentLinks\":[\"h:8444\"],"
                                        + "\"servers\":[],\"key\":\"" + key() + "\",\"certificate\":\"" + PEM
                                        + "\",\"ca\":\"" + PEM
                                        + "\"}",
                                "{\"nodeId\":null}")
                        .withWords(
                                "\"key\":\"-----BEGIN PRIVATE KEY-----",
                                "-----END PRIVATE KEY-----",
                                "\"ca\":",
                                "null"),
                Target.of("keys", IdentityTargets::keys)
                        .refusing(IllegalArgumentException.class)
                        .withExamples(bytes("\0" + KEY.value()), bytes("\1node-1"), bytes("\2\7abc"), capability())
                        .withWords("sha256-"));
    }

    private static void joinAnswer(byte[] input) throws DarterException, CertificateException {
        String text = new String(input, StandardCharsets.UTF_8);
        X509Certificate own = Pem.certificate(PEM.replace("\\n", "\n"));
        JoinClient.identity(
                JoinClient.answer(text), own.getPublicKey(), NO_KEY, Pem.fingerprint(own), List.of("https://h"));
    }

    private void identityFile(byte[] input) throws DarterException, IOException {
        Files.createDirectories(folder.resolve("identity"));
        Files.write(folder.resolve("identity/identity.json"), input);
        new IdentityFiles(folder).load();
    }

    /** Of the certificate it is not: what matters is its form. */
    private static String key() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return Pem.of(generator.generateKeyPair().getPrivate()).replace("\n", "\\n");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its inside: nothing but luck would make base64 of it. */
    private static void token(byte[] input) throws DarterException {
        JoinToken.parse("darter1." + Base64.getUrlEncoder().withoutPadding().encodeToString(input));
    }

    private static void certificate(byte[] input) throws CertificateException {
        InputStream bytes = new ByteArrayInputStream(input);
        CertificateName.of(
                (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes));
    }

    private static void keys(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] rest = new byte[input.length - 1];
        System.arraycopy(input, 1, rest, 0, rest.length);
        String text = new String(rest, StandardCharsets.UTF_8);
        switch (input[0]) {
            case 0 -> new ContentKey(text).hex();
            case 1 -> new NodeId(text).value();
            case 2 -> PieceMap.fromBytes(rest[0] & 0xff, rest).nextClear(0);
            default -> {
                if (Capability.valid(rest, PARENT_KEY, KEY, NODE, 2)) {
                    throw new AssertionError("a capability out of nothing");
                }
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Genuine, and over. */
    private static byte[] capability() {
        byte[] genuine = Capability.issue(PARENT_KEY, KEY, NODE, 1);
        byte[] input = new byte[genuine.length + 1];
        input[0] = 3;
        System.arraycopy(genuine, 0, input, 1, genuine.length);
        return input;
    }
}
