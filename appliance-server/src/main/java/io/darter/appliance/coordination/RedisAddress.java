package io.darter.appliance.coordination;

import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.redisson.config.ConstantDelay;
import org.redisson.config.ReadMode;
import org.redisson.config.SentinelServersConfig;

/** How Redis is reached: one server; or whichever the Sentinels name as the master. Small pools: one thread asks, twice a second. */
final class RedisAddress {
    /** Two tries take less than an ownership lasts. */
    private static final int TIMEOUT_MILLIS = 1_000;

    private static final Duration RETRY_DELAY = Duration.ofMillis(100);

    private RedisAddress() {}

    /** The appliance's own server. */
    static Config own(String url, String password) {
        return single(base("", password), url);
    }

    /** The one that is configured. */
    static Config configured(ServerConfig.Redis redis) throws IOException {
        Config settings = base(redis.username(), secret(redis.passwordFile()));
        Path ca = redis.ca();
        if (ca != null) {
            settings.setSslTrustManagerFactory(trusting(ca));
        }
        if (redis.sentinels().isEmpty()) {
            return single(settings, redis.url());
        }
        SentinelServersConfig sentinels = settings.useSentinelServers()
                .setMasterName(redis.sentinelMaster())
                .addSentinelAddress(redis.sentinels().toArray(String[]::new))
                .setCheckSentinelsList(false) // one that is down must not keep the appliance from starting
                .setScanInterval(1_000)
                // What was just written is read: the replicas may be behind.
                .setReadMode(ReadMode.MASTER)
                .setMasterConnectionPoolSize(4)
                .setMasterConnectionMinimumIdleSize(1)
                .setSlaveConnectionPoolSize(2)
                .setSlaveConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1);
        String password = secret(redis.sentinelPasswordFile());
        if (!password.isEmpty()) {
            sentinels.setSentinelPassword(password);
        }
        patience(sentinels);
        return settings;
    }

    private static Config base(String username, String password) {
        Config settings = new Config();
        settings.setThreads(2)
                .setNettyThreads(2)
                .setCodec(StringCodec.INSTANCE)
                // What a lock is kept for after an unlock that leaves it held.
                .setLockWatchdogTimeout(Ownership.TTL_MILLIS)
                // A lock that a failover forgets is told by its epoch, not by waiting for Redis's replicas.
                .setCheckLockSyncedSlaves(false);
        if (!username.isEmpty()) {
            settings.setUsername(username);
        }
        if (!password.isEmpty()) {
            settings.setPassword(password);
        }
        return settings;
    }

    private static Config single(Config settings, String url) {
        patience(settings.useSingleServer()
                .setAddress(url)
                .setConnectionPoolSize(4)
                .setConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1));
        return settings;
    }

    private static void patience(BaseConfig<?> config) {
        config.setRetryAttempts(1)
                .setRetryDelay(new ConstantDelay(RETRY_DELAY))
                .setTimeout(TIMEOUT_MILLIS)
                .setConnectTimeout(TIMEOUT_MILLIS);
    }

    private static String secret(@Nullable Path file) throws IOException {
        return file == null ? "" : Files.readString(file).strip();
    }

    private static TrustManagerFactory trusting(Path ca) throws IOException {
        try (InputStream pem = Files.newInputStream(ca)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("ca-" + ++number, certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            return factory;
        } catch (GeneralSecurityException e) {
            throw new IOException("redis.ca " + ca + " is not a PEM file of certificates: " + e.getMessage(), e);
        }
    }
}
