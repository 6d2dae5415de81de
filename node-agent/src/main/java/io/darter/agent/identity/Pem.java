package io.darter.agent.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** Keys and certificates as text. */
final class Pem {
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";

    private Pem() {}

    static String of(PrivateKey key) {
        return KEY_BEGIN + "\n" + lines(key.getEncoded()) + "\n" + KEY_END + "\n";
    }

    static String of(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n" + lines(certificate.getEncoded()) + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateException e) {
            throw new IllegalStateException("a parsed certificate has no DER form", e);
        }
    }

    private static String lines(byte[] der) {
        return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    }

    /** An EC key in PKCS #8. */
    static PrivateKey key(String pem) throws GeneralSecurityException {
        int from = pem.indexOf(KEY_BEGIN);
        int to = pem.indexOf(KEY_END);
        if (from < 0 || to < from) {
            throw new GeneralSecurityException("no private key in PEM form");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(from + KEY_BEGIN.length(), to));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    static X509Certificate certificate(String pem) throws CertificateException {
        byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }

    /** SHA-256 of the DER form, lower-case hex. */
    static String fingerprint(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a parsed certificate has no DER form", e);
        }
    }
}
