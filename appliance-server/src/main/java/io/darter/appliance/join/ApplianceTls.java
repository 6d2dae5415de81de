package io.darter.appliance.join;

import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Puts the appliance's certificate into HTTPS and the agents' port, and replaces it daily without a restart. */
@Component
public class ApplianceTls implements SslBundleRegistrar {
    /** Name of the bundle that HTTPS is configured with. */
    public static final String BUNDLE = "appliance";

    private static final Logger log = LoggerFactory.getLogger(ApplianceTls.class);
    private static final String ALIAS = "appliance";
    private static final long RENEWAL_MILLIS = 86_400_000;

    private final ApplianceIdentity identity;
    private final AdvancedTlsX509KeyManager agentKeys = new AdvancedTlsX509KeyManager();
    private volatile SslBundleRegistry registry;

    @SuppressWarnings("NullAway.Init") // the registry comes by registerBundles, before the first renewal
    ApplianceTls(ApplianceIdentity identity) {
        this.identity = identity;
        updateAgentKeys();
    }

    /** For the agents' port; follows renewals. */
    public AdvancedTlsX509KeyManager agentKeys() {
        return agentKeys;
    }

    @Override
    public void registerBundles(SslBundleRegistry bundles) {
        registry = bundles;
        bundles.registerBundle(BUNDLE, bundle());
    }

    @Scheduled(initialDelay = RENEWAL_MILLIS, fixedDelay = RENEWAL_MILLIS)
    void renew() {
        identity.renew();
        updateAgentKeys();
        registry.updateBundle(BUNDLE, bundle());
        log.atInfo().addKeyValue("validFor", Duration.ofDays(7)).log("appliance certificate renewed");
    }

    private void updateAgentKeys() {
        agentKeys.updateIdentityCredentials(identity.chain(), identity.key());
    }

    private SslBundle bundle() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(ALIAS, identity.key(), new char[0], identity.chain());
            return SslBundle.of(SslStoreBundle.of(store, "", null), SslBundleKey.of("", ALIAS));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("making the TLS key store", e);
        }
    }
}
