package io.darter.agent.identity;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.json.Json;
import io.darter.swarm.NodeId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes this machine a node: a key of its own, a certificate by the appliance's CA; and renews that. */
public final class JoinClient {
    private final InstantSource clock;

    public JoinClient(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Redeems a token, trying the token's servers one after the other.
     *
     * @param advertise the address that other nodes reach this one by; empty = the appliance decides
     * @throws DarterException JOIN_TOKEN_REFUSED with the appliance's own words, or APPLIANCE_UNREACHABLE
     */
    public Identity join(JoinToken token, String hostname, String advertise)
            throws DarterException, InterruptedException {
        KeyPair keys = newKeys();
        String publicKey = base64(keys.getPublic().getEncoded());
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("token", token.text());
        request.put("publicKey", publicKey);
        request.put("proof", sign(keys.getPrivate(), token.text() + "\n" + publicKey));
        request.put("hostname", hostname);
        request.put("advertise", advertise);
        PinnedTrust trust = PinnedTrust.fingerprint(token.caFingerprint(), JoinClient::mayBeAppliance);
        Json answer = post("Joining", token.servers(), "/api/v1/join", request, trust, ErrorCode.JOIN_TOKEN_REFUSED);
        return identity(answer, keys.getPublic(), keys.getPrivate(), token.caFingerprint(), token.servers());
    }

    /** A new certificate for the registered key. */
    public Identity renew(Identity identity) throws DarterException, InterruptedException {
        long timestampMillis = clock.millis();
        PublicKey publicKey = identity.certificate().getPublicKey();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("nodeId", identity.node().value());
        request.put("publicKey", base64(publicKey.getEncoded()));
        request.put("proof", sign(identity.key(), identity.node().value() + "\n" + timestampMillis));
        request.put("timestampMillis", timestampMillis);
        PinnedTrust trust = PinnedTrust.ca(identity.ca(), JoinClient::mayBeAppliance);
        Json answer =
                post("Renewing", identity.servers(), "/api/v1/renew", request, trust, ErrorCode.CERTIFICATE_REFUSED);
        return identity(answer, publicKey, identity.key(), Pem.fingerprint(identity.ca()), identity.servers());
    }

    /** A node's certificate does not make a server an appliance. */
    private static boolean mayBeAppliance(X509Certificate certificate) {
        return CertificateName.of(certificate)
                .filter(CertificateName.Node.class::isInstance)
                .isEmpty();
    }

    private static Json post(
            String verb,
            List<String> servers,
            String path,
            Map<String, Object> request,
            PinnedTrust trust,
            ErrorCode refusal)
            throws DarterException, InterruptedException {
        String body = Json.write(request);
        IOException last = new IOException("the token names no server");
        for (String server : servers) {
            try {
                ApplianceCall.Answer response =
                        ApplianceCall.post(URI.create(server + path), body, TlsContexts.appliance(trust));
                if (response.status() == 200) {
                    return answer(response.body());
                }
                if (response.status() < 500) {
                    throw refused(verb + " at " + server, response, refusal);
                }
                last = new IOException("it answered status " + response.status());
            } catch (IOException | RuntimeException e) {
                last = new IOException(server + ": " + e.getMessage(), e);
            }
        }
        throw new DarterException(
                ErrorCode.APPLIANCE_UNREACHABLE,
                verb + " at " + String.join(", ", servers),
                String.valueOf(last.getMessage()),
                "Check that this machine reaches the appliance on that port, and that its clock is right.",
                last);
    }

    /** @throws RuntimeException if that is no JSON of an answer */
    static Json answer(String body) {
        return Json.parse(body);
    }

    private static DarterException refused(String tried, ApplianceCall.Answer response, ErrorCode code) {
        try {
            Json problem = Json.parse(response.body());
            Optional<String> happened = problem.get("happened").text();
            Optional<String> advice = problem.get("advice").text();
            if (happened.isPresent() && advice.isPresent()) {
                return new DarterException(code, tried, happened.get(), advice.get());
            }
        } catch (RuntimeException notOurs) {
            // Something else than an appliance answered; said below.
        }
        return new DarterException(
                code,
                tried,
                "the answer was status " + response.status(),
                "Check that the address is the appliance's; make a new token in the console.");
    }

    static Identity identity(
            Json answer, PublicKey publicKey, PrivateKey key, String caFingerprint, List<String> servers)
            throws DarterException {
        try {
            X509Certificate ca = Pem.certificate(required(answer, "caCertificate"));
            X509Certificate certificate = Pem.certificate(required(answer, "certificate"));
            NodeId node = new NodeId(required(answer, "nodeId"));
            String cluster = required(answer, "cluster");
            certificate.verify(ca.getPublicKey());
            CertificateName expected = new CertificateName.Node(cluster, node);
            boolean right = Pem.fingerprint(ca).equals(caFingerprint)
                    && certificate.getPublicKey().equals(publicKey)
                    && CertificateName.of(certificate).filter(expected::equals).isPresent();
            if (!right) {
                throw new GeneralSecurityException("certificate, key and name do not belong together");
            }
            return new Identity(
                    node,
                    required(answer, "nodeName"),
                    cluster,
                    "seed".equalsIgnoreCase(answer.get("role").text().orElse("")),
                    answer.get("agentLink").texts(),
                    servers,
                    key,
                    certificate,
                    ca);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new DarterException(
                    ErrorCode.CERTIFICATE_REFUSED,
                    "Taking this node's new certificate",
                    "the appliance's answer does not fit together (" + e.getMessage() + ")",
                    "Look at the appliance's log; versions may differ too much.",
                    e);
        }
    }

    private static String required(Json answer, String field) {
        return answer.get(field).text().orElseThrow(() -> new IllegalArgumentException(field + " is missing"));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    private static String sign(PrivateKey key, String text) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ECDSA", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
