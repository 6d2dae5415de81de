package io.darter.appliance.join;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.node.NodeDirectory;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.node.NodeWishes;
import io.darter.appliance.operator.Problems;
import io.darter.operator.OperatorException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Turns a machine with a token into a node with a certificate, and renews that certificate for the registered key. */
@Service
public class JoinService {
    private static final Logger log = LoggerFactory.getLogger(JoinService.class);
    private static final int P256_BITS = 256;
    /** A node's clock may be this far off when it renews. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(15);

    private final JoinTokens tokens;
    private final CertificateAuthority authority;
    private final Certificates certificates;
    private final Clusters clusters;
    private final NodeDirectory nodes;
    private final AdvertisedAddresses addresses;
    private final SecureRandom random;
    private final InstantSource clock;
    private final NodeWishes wishes;
    private final TransactionOperations transactions;

    JoinService(
            JoinTokens tokens,
            CertificateAuthority authority,
            Certificates certificates,
            Clusters clusters,
            NodeDirectory nodes,
            AdvertisedAddresses addresses,
            SecureRandom random,
            InstantSource clock,
            NodeWishes wishes,
            TransactionOperations transactions) {
        this.wishes = wishes;
        this.transactions = transactions;
        this.tokens = tokens;
        this.authority = authority;
        this.certificates = certificates;
        this.clusters = clusters;
        this.nodes = nodes;
        this.addresses = addresses;
        this.random = random;
        this.clock = clock;
    }

    JoinAnswer join(JoinRequest request) {
        JoinTokens.Stored token = tokens.check(request.token());
        PublicKey key = publicKey(request.publicKey(), "Joining a cluster");
        String signed = request.token() + '\n' + request.publicKey();
        if (!verifies(key, signed, request.proof())) {
            throw proofInvalid("Joining a cluster");
        }
        Cluster cluster = clusters.find(token.clusterId()).orElseThrow();
        tokens.use(token);
        String nodeId = new RandomIds(random).next("n-");
        NodeRecord node = nodes.register(
                nodeId, cluster.id(), request.hostname(), token.role(), key.getEncoded(), request.advertise());
        log.atInfo()
                .addKeyValue("node", node.name())
                .addKeyValue("id", nodeId)
                .addKeyValue("role", node.role())
                .addKeyValue("cluster", cluster.name())
                .log("node joined");
        return answer(node, cluster, key, "Joining a cluster");
    }

    JoinAnswer renew(RenewRequest request) {
        String tried = "Renewing a node's certificate";
        NodeRecord node = nodes.find(request.nodeId()).orElseThrow(() -> notThere(request.nodeId(), tried));
        long offMillis = Math.abs(clock.millis() - request.timestampMillis());
        if (offMillis > CLOCK_TOLERANCE.toMillis()) {
            throw Problems.exception(
                    "CLOCK_WRONG",
                    403,
                    tried,
                    "the clocks of node and appliance differ by " + offMillis / 1000 + " s",
                    "Set the node's clock, best by NTP");
        }
        PublicKey key = publicKey(request.publicKey(), tried);
        boolean registered = Arrays.equals(key.getEncoded(), node.publicKey());
        if (!registered || !verifies(key, request.nodeId() + '\n' + request.timestampMillis(), request.proof())) {
            throw proofInvalid(tried);
        }
        Cluster cluster = clusters.find(node.clusterId()).orElseThrow();
        log.atInfo().addKeyValue("node", node.name()).log("certificate renewed");
        return answer(node, cluster, key, tried);
    }

    private OperatorException notThere(String nodeId, String tried) {
        return wishes.wasRemoved(nodeId)
                ? Problems.exception(
                        "NODE_REMOVED",
                        403,
                        tried,
                        "the node " + nodeId + " was removed from its cluster",
                        "Ask an administrator; remove the identity folder in the agent's data folder and join again")
                : Problems.exception(
                        "NODE_UNKNOWN",
                        403,
                        tried,
                        "this appliance does not know the node " + nodeId,
                        "Join it again with a new token");
    }

    /** A node that is being removed gets its last certificate before that or none: each of them is revoked then. */
    private JoinAnswer answer(NodeRecord node, Cluster cluster, PublicKey key, String tried) {
        X509Certificate certificate = authority.issueNode(key, cluster.id(), node.id());
        transactions.executeWithoutResult(_ -> {
            if (!wishes.holdOn(node.id())) {
                throw notThere(node.id(), tried);
            }
            certificates.issued(node.id(), certificate);
        });
        return new JoinAnswer(
                node.id(),
                node.name(),
                cluster.id(),
                node.role(),
                pem(certificate),
                pem(authority.certificate()),
                addresses.agentLinks(),
                certificate.getNotAfter().toInstant());
    }

    static PublicKey publicKey(String base64, String tried) {
        try {
            byte[] spki = Base64.getDecoder().decode(base64);
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
            if (key instanceof ECPublicKey ec
                    && ec.getParams().getCurve().getField().getFieldSize() == P256_BITS) {
                return key;
            }
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            // the same words as for a key of another kind
        }
        throw Problems.invalid(
                tried, "publicKey is not a P-256 key (base64 of its SPKI)", "Update the node's agent and try again");
    }

    static boolean verifies(PublicKey key, String text, String proof) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.verify(Base64.getDecoder().decode(proof));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            return false;
        }
    }

    private static RuntimeException proofInvalid(String tried) {
        return Problems.exception(
                "JOIN_PROOF_INVALID",
                403,
                tried,
                "the request is not signed by the key it names",
                "Remove the identity folder in the agent's data folder and join again with a new token");
    }

    private static String pem(X509Certificate certificate) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
