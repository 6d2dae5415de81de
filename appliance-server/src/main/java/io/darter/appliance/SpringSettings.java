package io.darter.appliance;

import io.darter.appliance.join.ApplianceTls;
import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The framework's settings, derived from ours; nobody sets them by hand. */
final class SpringSettings {
    private static final Map<String, String> DRIVER_DEFAULTS = new TreeMap<>(
            Map.of("rewriteBatchedStatements", "true", "connectTimeout", "5000", "socketTimeout", "30000"));

    private SpringSettings() {}

    static Map<String, Object> of(ServerConfig config) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("spring.threads.virtual.enabled", true);
        settings.put("spring.main.register-shutdown-hook", true);
        settings.put("server.address", config.bind());
        settings.put("server.port", config.httpsPort());
        settings.put("server.ssl.bundle", ApplianceTls.BUNDLE);
        settings.put("server.shutdown", "immediate");
        settings.put("server.error.include-message", "never");
        settings.put("server.servlet.session.cookie.http-only", true);
        settings.put("server.servlet.session.cookie.same-site", "lax");
        settings.put("server.servlet.session.cookie.name", "DARTERSESSION");
        settings.put("management.endpoints.access.default", "none");
        settings.put("spring.datasource.hikari.maximum-pool-size", 8);
        settings.put("spring.datasource.hikari.connection-timeout", 5000);
        settings.put("springdoc.api-docs.path", "/api/v1/openapi");
        settings.put("springdoc.paths-to-match", "/api/v1/**,/healthy");
        settings.put("springdoc.packages-to-scan", "io.darter.appliance");
        settings.put("springdoc.default-produces-media-type", "application/json");
        settings.put("springdoc.writer-with-order-by-keys", true);
        settings.put("vaadin.productionMode", true);
        settings.put("vaadin.launch-browser", false);
        settings.put("vaadin.allowed-packages", "io.darter.console");
        database(config, settings);
        return settings;
    }

    private static void database(ServerConfig config, Map<String, Object> settings) {
        String url = config.database().url();
        if (url.isEmpty()) {
            settings.put(
                    "spring.datasource.url",
                    "jdbc:h2:file:" + config.dataDir().resolve("darter")
                            + ";MODE=MySQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE"
                            + ";DB_CLOSE_ON_EXIT=FALSE");
            settings.put("spring.datasource.username", "darter");
            settings.put("spring.datasource.password", "");
            return;
        }
        settings.put("spring.datasource.url", withDefaults(url));
        settings.put("spring.datasource.username", config.database().username());
        settings.put("spring.datasource.password", password(config));
    }

    /** What is not said in the URL: batches in one message, and no wait without an end. */
    private static String withDefaults(String url) {
        StringBuilder whole = new StringBuilder(url);
        DRIVER_DEFAULTS.forEach((name, value) -> {
            if (!url.contains(name + "=")) {
                whole.append(whole.indexOf("?") < 0 ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(value);
            }
        });
        return whole.toString();
    }

    private static String password(ServerConfig config) {
        var file = config.database().passwordFile();
        if (file == null) {
            return "";
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw StartFailure.usage("Reading database.passwordFile " + file + ": " + e
                    + ". Write the password into that file, readable by the appliance's user. (CONFIG_UNREADABLE)");
        }
    }
}
