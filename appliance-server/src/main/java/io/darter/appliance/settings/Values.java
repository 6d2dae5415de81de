package io.darter.appliance.settings;

import io.darter.appliance.StartFailure;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts of keys, turned into checked values. */
final class Values {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10})\\s*(|B|KiB|MiB)");
    private static final Pattern REDIS = Pattern.compile("rediss?://[^\\s/@,]+:\\d{1,5}");
    private static final Pattern MYSQL = Pattern.compile("jdbc:mysql://[^\\s/@]+/[^\\s/?]+(\\?\\S*)?");
    private static final int REPLICAS_MAX = 9;
    private static final List<String> FETCHERS = List.of("seeds-first", "seeds", "any");
    private static final int PIECE_BYTES_MIN = 64 << 10;
    private static final int PIECE_BYTES_MAX = 64 << 20;

    private final Map<String, String> texts;

    Values(Map<String, String> texts) {
        this.texts = texts;
    }

    ServerConfig config() {
        Path dataDir = absolute("dataDir");
        String bind = text("bind");
        Path masterKey = path("masterKeyFile");
        List<String> advertise = list("advertise");
        return new ServerConfig(
                dataDir,
                bind,
                advertise.isEmpty() ? Addresses.advertised(bind) : advertise,
                integer("httpsPort", 0, 65535),
                integer("httpPort", 0, 65535),
                integer("agentPort", 0, 65535),
                oneOf("originFetchers", FETCHERS),
                integer("originConnectionsPerTask", 1, 16),
                pieceBytes(),
                database(),
                redis(),
                replicas(masterKey != null),
                masterKey == null ? dataDir.resolve("master.key") : masterKey,
                Boolean.parseBoolean(oneOf("exitWithParent", List.of("true", "false"))));
    }

    private ServerConfig.Database database() {
        String url = text("database.url");
        if (!url.isEmpty() && !MYSQL.matcher(url).matches()) {
            throw wrong(
                    "database.url",
                    "write jdbc:mysql://host:3306/database, for MariaDB too; user and password have keys of their own");
        }
        return new ServerConfig.Database(url, text("database.username"), path("database.passwordFile"));
    }

    private int replicas(boolean hasMasterKey) {
        int replicas = integer("replicas", 1, REPLICAS_MAX);
        if (replicas == 1) {
            return replicas;
        }
        List<String> own = new ArrayList<>();
        if (text("database.url").isEmpty()) {
            own.add("database.url (it has an embedded database)");
        }
        if (text("redis.url").isEmpty() && list("redis.sentinels").isEmpty()) {
            own.add("redis.url or redis.sentinels (it has a private Redis)");
        }
        if (!hasMasterKey) {
            own.add("masterKeyFile (it would make a key of its own)");
        }
        if (!own.isEmpty()) {
            throw StartFailure.usage(
                    "Starting one of " + replicas + " replicas: this one would keep state to itself that"
                            + " all must share. Set " + String.join(", and ", own)
                            + ", the same on every replica; or leave 'replicas' out for an appliance that is alone."
                            + " (STATE_NOT_SHARED)");
        }
        return replicas;
    }

    private ServerConfig.Redis redis() {
        if (!text("redis.url").isEmpty()) {
            redisAddress("redis.url", text("redis.url"));
        }
        List<String> sentinels = list("redis.sentinels").stream()
                .map(each -> each.contains("://") ? each : "redis://" + each)
                .toList();
        sentinels.forEach(each -> redisAddress("redis.sentinels", each));
        if (!sentinels.isEmpty() && !text("redis.url").isEmpty()) {
            throw wrong("redis.url", "leave it out where redis.sentinels is set: the Sentinels say where Redis is");
        }
        if (sentinels.stream()
                        .map(each -> each.startsWith("rediss:"))
                        .distinct()
                        .count()
                > 1) {
            throw wrong("redis.sentinels", "write rediss:// for all of them or for none");
        }
        return new ServerConfig.Redis(
                text("redis.url"),
                sentinels,
                text("redis.sentinelMaster"),
                text("redis.username"),
                path("redis.passwordFile"),
                path("redis.sentinelPasswordFile"),
                path("redis.ca"));
    }

    private void redisAddress(String key, String address) {
        if (!REDIS.matcher(address).matches()) {
            throw wrong(key, "write redis://host:port, or rediss://host:port for TLS");
        }
    }

    /** Between commas. */
    private List<String> list(String key) {
        return Arrays.stream(text(key).split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    private String text(String key) {
        return Objects.requireNonNull(texts.get(key), key).strip();
    }

    private @Nullable Path path(String key) {
        return text(key).isEmpty() ? null : absolute(key);
    }

    private Path absolute(String key) {
        try {
            return Path.of(text(key)).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw wrong(key, "write a path");
        }
    }

    private int integer(String key, int min, int max) {
        try {
            int value = Integer.parseInt(text(key));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // the same words as for a number out of range
        }
        throw wrong(key, "write a whole number from " + min + " to " + max);
    }

    private String oneOf(String key, List<String> allowed) {
        String value = text(key).toLowerCase(Locale.ROOT);
        if (!allowed.contains(value)) {
            throw wrong(key, "write one of " + String.join(", ", allowed));
        }
        return value;
    }

    private int pieceBytes() {
        if (text("pieceSize").equals("auto")) {
            return 0;
        }
        Matcher matcher = SIZE.matcher(text("pieceSize"));
        if (matcher.matches()) {
            long unit =
                    matcher.group(2).equals("MiB") ? 1 << 20 : matcher.group(2).equals("KiB") ? 1 << 10 : 1;
            long bytes = Long.parseLong(matcher.group(1)) * unit;
            if (bytes >= PIECE_BYTES_MIN && bytes <= PIECE_BYTES_MAX) {
                return (int) bytes;
            }
        }
        throw wrong("pieceSize", "write auto, or a size from 64KiB to 64MiB");
    }

    private StartFailure wrong(String key, String advice) {
        return StartFailure.usage("Reading the configuration: '" + key + ": " + text(key) + "' is not valid; " + advice
                + ". (CONFIG_VALUE_INVALID)");
    }
}
