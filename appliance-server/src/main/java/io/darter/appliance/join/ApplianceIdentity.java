package io.darter.appliance.join;

import io.darter.appliance.keys.PrivateFiles;
import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * This replica's name and its certificate. The key lives in memory only; a fresh certificate is issued at each start and
 * daily after that.
 */
@Component
public class ApplianceIdentity {
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    private final CertificateAuthority authority;
    private final KeyPair keys;
    private final String replica;
    private final List<String> hosts;
    private volatile X509Certificate certificate;

    ApplianceIdentity(CertificateAuthority authority, ServerConfig config, SecureRandom random) {
        this.authority = authority;
        this.keys = authority.generateKeys();
        this.replica = replicaName(config.dataDir().resolve("replica"), random);
        Set<String> names = new LinkedHashSet<>(config.advertise());
        names.addAll(LOOPBACK);
        this.hosts = List.copyOf(names);
        this.certificate = authority.issueAppliance(keys.getPublic(), replica, hosts);
    }

    /** Issues the next certificate; listeners must be told. */
    void renew() {
        certificate = authority.issueAppliance(keys.getPublic(), replica, hosts);
    }

    public String replica() {
        return replica;
    }

    public PrivateKey key() {
        return keys.getPrivate();
    }

    /** The leaf, then the CA: clients that pin the CA need both. */
    public X509Certificate[] chain() {
        return new X509Certificate[] {certificate, authority.certificate()};
    }

    private static String replicaName(Path file, SecureRandom random) {
        try {
            if (!Files.exists(file)) {
                PrivateFiles.write(file, new RandomIds(random).next("r-") + "\n");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
