package io.darter.appliance.join;

import io.darter.appliance.keys.SecretStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.springframework.stereotype.Component;

/**
 * The appliance's own certificate authority: ECDSA P-256, ten years, key and certificate encrypted in the database. It
 * alone decides the names in certificates; what a machine says about itself never gets into one.
 */
@Component
public class CertificateAuthority {
    /** How long a leaf certificate holds. */
    public static final Duration LEAF_VALIDITY = Duration.ofDays(7);

    private static final Duration CA_VALIDITY = Duration.ofDays(3650);
    /** Clocks that are behind by this much accept a fresh certificate. */
    private static final Duration CLOCK_SLACK = Duration.ofMinutes(15);

    private static final String SIGNATURE = "SHA256withECDSA";

    private final SecureRandom random;
    private final InstantSource clock;
    private final PrivateKey key;
    private final X509Certificate certificate;

    CertificateAuthority(SecretStore secrets, SecureRandom random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
        byte[] stored = secrets.getOrCreate("ca", this::create);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
            byte[] pkcs8 = in.readNBytes(in.readInt());
            this.key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            this.certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("reading the CA", e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** SHA-256 of the CA certificate's DER in hex: what a join token pins. */
    public String fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate for a node's key, client and server at once, whose one name is the node's URI. */
    public X509Certificate issueNode(PublicKey publicKey, String clusterId, String nodeId) {
        List<GeneralName> names = List.of(new GeneralName(
                GeneralName.uniformResourceIdentifier, "darter://cluster/" + clusterId + "/node/" + nodeId));
        return issue(publicKey, nodeId, names);
    }

    /** A certificate for the appliance itself: its URI, and every host it is reached by. */
    public X509Certificate issueAppliance(PublicKey publicKey, String replica, List<String> hosts) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, "darter://appliance/" + replica));
        for (String host : hosts) {
            names.add(new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return issue(publicKey, replica, names);
    }

    /** A fresh P-256 key pair. */
    public KeyPair generateKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has P-256", e);
        }
    }

    private X509Certificate issue(PublicKey publicKey, String commonName, List<GeneralName> names) {
        Instant now = clock.instant();
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name(certificate.getSubjectX500Principal().getName()),
                serial(),
                Date.from(now.minus(CLOCK_SLACK)),
                Date.from(now.plus(LEAF_VALIDITY)),
                new X500Name("CN=" + commonName),
                publicKey);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(new GeneralName[0])));
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
        return sign(builder, key);
    }

    private byte[] create() {
        KeyPair keys = generateKeys();
        Instant now = clock.instant();
        X500Name name = new X500Name("CN=Darter CA " + HexFormat.of().formatHex(random(4)));
        var builder = new JcaX509v3CertificateBuilder(
                name,
                serial(),
                Date.from(now.minus(CLOCK_SLACK)),
                Date.from(now.plus(CA_VALIDITY)),
                name,
                keys.getPublic());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            byte[] pkcs8 = keys.getPrivate().getEncoded();
            out.writeInt(pkcs8.length);
            out.write(pkcs8);
            out.write(sign(builder, keys.getPrivate()).getEncoded());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("making the CA", e);
        }
        return bytes.toByteArray();
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("signing a certificate", e);
        }
    }

    private BigInteger serial() {
        return new BigInteger(1, random(16)).setBit(120);
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static boolean isAddress(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
