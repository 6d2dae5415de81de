package io.darter.agent.config;

import io.darter.agent.errors.Nearest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The names of all settings, in the documented order, with their defaults. */
final class Keys {
    /** Default values by name; an empty text = not set. */
    static final Map<String, String> DEFAULTS = defaults();

    static final List<String> REGISTRY_KEYS = List.of("host", "plainHttp", "ca", "username", "passwordFile", "url");
    static final String REGISTRIES = "registries";
    static final String LIMITS = "limits";
    /** What can change while the agent runs. */
    static final Set<String> RELOADABLE =
            Set.of("uploadRate", "downloadRate", LIMITS, "timeZone", REGISTRIES, "logLevel");

    private Keys() {}

    private static Map<String, String> defaults() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("joinToken", "");
        keys.put("joinTokenFile", "");
        keys.put("dataDir", "/var/lib/darter-agent");
        keys.put("socket", "/run/darter/agent.sock");
        keys.put("peer.bind", "0.0.0.0");
        keys.put("peer.port", "4000");
        keys.put("peer.advertise", "");
        keys.put("peer.tls", "true");
        keys.put("mirror.bind", "127.0.0.1");
        keys.put("mirror.port", "4001");
        keys.put("health.bind", "127.0.0.1");
        keys.put("health.port", "4003");
        keys.put("zone", "");
        keys.put("rack", "");
        keys.put("uploadRate", "0");
        keys.put("downloadRate", "0");
        keys.put(LIMITS, "");
        keys.put("timeZone", "");
        keys.put("quota", "");
        keys.put("store.high", "95");
        keys.put("store.low", "85");
        keys.put("store.timeToLive", "");
        keys.put("store.diskReserve", "1GiB");
        keys.put(REGISTRIES, "");
        keys.put("exitWithParent", "false");
        keys.put("selfCheck", "true");
        keys.put("verify", "auto");
        keys.put("filteredQueryParams", "");
        keys.put("logLevel", "info");
        keys.put("logFile", "");
        keys.put("logFileSize", "20MiB");
        keys.put("logFiles", "5");
        return keys;
    }

    /** {@code peer.port} is DARTER_PEER_PORT, {@code joinTokenFile} is DARTER_JOIN_TOKEN_FILE. */
    static String variable(String key) {
        return "DARTER_"
                + key.replaceAll("([a-z])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** The known name with the fewest letters changed. */
    static String nearest(String unknown, Collection<String> known) {
        return Nearest.of(unknown, known);
    }
}
