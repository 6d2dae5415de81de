package io.darter.appliance.settings;

import io.darter.appliance.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads server.yaml, then the environment over it. Whatever it does not understand stops the start. */
public final class ServerConfigLoader {
    /** Every key with its default as text; the order is that of the documentation. */
    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("dataDir", "/var/lib/darter-server");
        DEFAULTS.put("bind", "0.0.0.0");
        DEFAULTS.put("advertise", "");
        DEFAULTS.put("httpsPort", "8443");
        DEFAULTS.put("httpPort", "8080");
        DEFAULTS.put("agentPort", "8444");
        DEFAULTS.put("originFetchers", "seeds-first");
        DEFAULTS.put("originConnectionsPerTask", "3");
        DEFAULTS.put("pieceSize", "auto");
        DEFAULTS.put("database.url", "");
        DEFAULTS.put("database.username", "");
        DEFAULTS.put("database.passwordFile", "");
        DEFAULTS.put("redis.url", "");
        DEFAULTS.put("redis.sentinels", "");
        DEFAULTS.put("redis.sentinelMaster", "mymaster");
        DEFAULTS.put("redis.username", "");
        DEFAULTS.put("redis.passwordFile", "");
        DEFAULTS.put("redis.sentinelPasswordFile", "");
        DEFAULTS.put("redis.ca", "");
        DEFAULTS.put("replicas", "1");
        DEFAULTS.put("masterKeyFile", "");
        DEFAULTS.put("exitWithParent", "false");
    }

    private ServerConfigLoader() {}

    /**
     * @param file null for defaults and environment only
     * @throws StartFailure naming the key, what is wrong with it and what to write
     */
    public static ServerConfig load(@Nullable Path file, Map<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>(DEFAULTS);
        if (file != null) {
            values.putAll(read(file));
        }
        for (String key : DEFAULTS.keySet()) {
            String value = environment.get(environmentName(key));
            if (value != null) {
                values.put(key, value);
            }
        }
        return new Values(values).config();
    }

    /** {@code database.passwordFile} is {@code DARTER_DATABASE_PASSWORD_FILE}. */
    static String environmentName(String key) {
        return "DARTER_"
                + key.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    private static Map<String, String> read(Path file) {
        Map<String, String> flat = new LinkedHashMap<>();
        try {
            Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
            if (tree instanceof Map<?, ?> map) {
                flatten(file, "", map, flat);
            } else if (tree != null) {
                throw StartFailure.usage("Reading the configuration " + file
                        + ": it is not a list of keys. Write lines like" + " 'httpsPort: 8443'. (CONFIG_INVALID)");
            }
            return flat;
        } catch (IOException e) {
            throw StartFailure.usage("Reading the configuration " + file + ": the file cannot be read ("
                    + e.getClass().getSimpleName() + "). Give an existing file to --config. (CONFIG_UNREADABLE)");
        } catch (YAMLException | IllegalArgumentException e) { // the latter is its word for a tag that cannot be
            throw StartFailure.usage("Reading the configuration " + file + ": it is not YAML: "
                    + String.valueOf(e.getMessage()).replaceAll("\\s+", " ") + ". Correct that line. (CONFIG_INVALID)");
        }
    }

    private static void flatten(Path file, String prefix, Map<?, ?> map, Map<String, String> flat) {
        map.forEach((name, value) -> {
            String key = prefix + name;
            boolean group = value instanceof Map<?, ?>;
            // A map that holds itself would have no end: only the beginnings of known keys have something below them.
            if (group
                    ? DEFAULTS.keySet().stream().noneMatch(known -> known.startsWith(key + "."))
                    : !DEFAULTS.containsKey(key)) {
                throw StartFailure.usage("Reading the configuration " + file + ": the key '" + key
                        + "' is unknown. Did you mean '" + nearest(key) + "'? (CONFIG_KEY_UNKNOWN)");
            }
            if (value instanceof Map<?, ?> nested) {
                flatten(file, key + ".", nested, flat);
            } else if (value instanceof List<?> list) {
                flat.put(key, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
            } else {
                flat.put(key, value == null ? "" : value.toString());
            }
        });
    }

    static String nearest(String key) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String known : DEFAULTS.keySet()) {
            int distance = distance(key.toLowerCase(Locale.ROOT), known.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = known;
            }
        }
        return best;
    }

    /** Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
