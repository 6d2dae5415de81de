package io.darter.agent.config;

import io.darter.agent.config.EffectiveValue.Origin;
import io.darter.agent.errors.DarterException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns settings by name into the record, checking each. */
final class AgentConfigReader {
    private static final int NAMES_MAX = 64;
    private static final int LOG_BYTES_MIN = 64 << 10;

    private final Map<String, Object> given;
    private final Map<String, Origin> origins;

    AgentConfigReader(Map<String, Object> given, Map<String, Origin> origins) {
        this.given = given;
        this.origins = origins;
    }

    AgentConfig read() throws DarterException {
        String token = text("joinToken");
        String quota = text("quota");
        String mirrorBind = text("mirror.bind");
        if (!isLoopback(mirrorBind)) {
            throw AgentConfigLoader.invalid(
                    "mirror.bind", mirrorBind, "a loopback address such as 127.0.0.1 or ::1: the mirror has no login");
        }
        return new AgentConfig(
                token.isEmpty() ? Optional.empty() : Optional.of(new Secret(token)),
                optionalPath("joinTokenFile"),
                path("dataDir", text("dataDir")),
                path("socket", text("socket")),
                new AgentConfig.Peer(
                        address("peer.bind"),
                        port("peer.port"),
                        text("peer.advertise"),
                        flag("peer.tls", text("peer.tls"))),
                new AgentConfig.Mirror(mirrorBind, port("mirror.port")),
                new AgentConfig.Health(address("health.bind"), port("health.port")),
                label("zone"),
                label("rack"),
                bytes("uploadRate"),
                bytes("downloadRate"),
                quota.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes("quota")),
                store(),
                registries(),
                flag("exitWithParent", text("exitWithParent")),
                flag("selfCheck", text("selfCheck")),
                oneOf("verify", List.of("auto", "full")).equals("full"),
                names("filteredQueryParams"),
                new Limits(
                        bytes("uploadRate"),
                        bytes("downloadRate"),
                        LimitsReader.zone(text("timeZone")),
                        LimitsReader.windows(given.get(Keys.LIMITS))),
                new AgentConfig.Log(
                        oneOf("logLevel", List.of("debug", "info", "warning")),
                        optionalPath("logFile"),
                        Math.clamp(bytes("logFileSize"), LOG_BYTES_MIN, Integer.MAX_VALUE),
                        number("logFiles", 1, 100)),
                values());
    }

    private String text(String key) throws DarterException {
        Object value = given.get(key);
        if (value == null) {
            return Keys.DEFAULTS.getOrDefault(key, "");
        }
        if (value instanceof List<?>) {
            throw AgentConfigLoader.invalid(key, "a list", "a single value");
        }
        return value.toString().strip();
    }

    /** A list, or names with commas or spaces between. */
    private List<String> names(String key) throws DarterException {
        Object value = given.get(key);
        String text = value instanceof List<?> list
                ? String.join(" ", list.stream().map(String::valueOf).toList())
                : text(key);
        List<String> names = text.isBlank() ? List.of() : List.of(text.strip().split("[,\\s]+"));
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9._~%-]{1,64}") || names.size() > NAMES_MAX) {
                throw AgentConfigLoader.invalid(key, name, "up to " + NAMES_MAX + " names of query parameters");
            }
        }
        return names;
    }

    private String oneOf(String key, List<String> allowed) throws DarterException {
        String text = text(key).toLowerCase(Locale.ROOT);
        if (!allowed.contains(text)) {
            throw AgentConfigLoader.invalid(key, text, "one of " + String.join(", ", allowed));
        }
        return text;
    }

    private int number(String key, int least, int most) throws DarterException {
        String text = text(key);
        if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw AgentConfigLoader.invalid(key, text, "a number from " + least + " to " + most);
    }

    private int port(String key) throws DarterException {
        String text = text(key);
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Refused below, in words.
        }
        throw AgentConfigLoader.invalid(key, text, "a port from 1 to 65535, or 0 for any free one");
    }

    private long bytes(String key) throws DarterException {
        String text = text(key);
        try {
            return Units.bytes(text);
        } catch (IllegalArgumentException e) {
            throw AgentConfigLoader.invalid(key, text, String.valueOf(e.getMessage()));
        }
    }

    private AgentConfig.Store store() throws DarterException {
        int high = percent("store.high");
        int low = percent("store.low");
        if (low > high) {
            throw AgentConfigLoader.invalid("store.low", text("store.low"), "at most store.high, which is " + high);
        }
        String life = text("store.timeToLive");
        return new AgentConfig.Store(
                high, low, life.isEmpty() ? Duration.ZERO : duration("store.timeToLive"), bytes("store.diskReserve"));
    }

    private int percent(String key) throws DarterException {
        String text = text(key);
        if (text.matches("\\d{1,3}%?")) {
            int percent = Integer.parseInt(text.replace("%", ""));
            if (percent >= 1 && percent <= 100) {
                return percent;
            }
        }
        throw AgentConfigLoader.invalid(key, text, "a percentage of the quota from 1 to 100");
    }

    private Duration duration(String key) throws DarterException {
        String text = text(key);
        try {
            return Units.duration(text);
        } catch (IllegalArgumentException e) {
            throw AgentConfigLoader.invalid(key, text, String.valueOf(e.getMessage()));
        }
    }

    private String label(String key) throws DarterException {
        String text = text(key);
        if (!text.matches("[\\p{Alnum}._:/-]{0,128}")) {
            throw AgentConfigLoader.invalid(key, text, "up to 128 of letters, digits and . _ : / -");
        }
        return text;
    }

    private String address(String key) throws DarterException {
        String text = text(key);
        if (literal(text) == null) {
            throw AgentConfigLoader.invalid(key, text, "an IPv4 or IPv6 address of this machine, 0.0.0.0 or ::");
        }
        return text;
    }

    private static boolean isLoopback(String text) {
        InetAddress address = literal(text);
        return address != null && address.isLoopbackAddress();
    }

    /** No name service is asked: a bind address is a literal. */
    private static @Nullable InetAddress literal(String text) {
        if (text.equals("localhost")) {
            return InetAddress.getLoopbackAddress();
        }
        if (!text.matches("[0-9.]+|[0-9A-Fa-f:.%]*:[0-9A-Za-z:.%]*")) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private Optional<Path> optionalPath(String key) throws DarterException {
        String text = text(key);
        return text.isEmpty() ? Optional.empty() : Optional.of(path(key, text));
    }

    private static Path path(String key, String text) throws DarterException {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            // Refused below, in words.
        }
        throw AgentConfigLoader.invalid(key, text, "a path");
    }

    private static boolean flag(String key, String text) throws DarterException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw AgentConfigLoader.invalid(key, text, "true or false");
        };
    }

    private List<RegistrySettings> registries() throws DarterException {
        Object value = given.get(Keys.REGISTRIES);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw AgentConfigLoader.invalid(Keys.REGISTRIES, value.toString(), "a list of {host: ...}");
        }
        Map<String, RegistrySettings> byHost = new TreeMap<>();
        for (int i = 0; i < list.size(); i++) {
            String prefix = Keys.REGISTRIES + "[" + i + "]";
            if (!(list.get(i) instanceof Map<?, ?> map)) {
                throw AgentConfigLoader.invalid(prefix, String.valueOf(list.get(i)), "a map with host: ...");
            }
            RegistrySettings settings = registry(prefix, map);
            if (byHost.put(settings.host(), settings) != null) {
                throw AgentConfigLoader.invalid(prefix + ".host", settings.host(), "each host once");
            }
        }
        return List.copyOf(byHost.values());
    }

    private static RegistrySettings registry(String prefix, Map<?, ?> map) throws DarterException {
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            AgentConfigLoader.refuseUnknown(String.valueOf(entry.getKey()), Keys.REGISTRY_KEYS);
            if (entry.getValue() != null) {
                texts.put(
                        String.valueOf(entry.getKey()),
                        String.valueOf(entry.getValue()).strip());
            }
        }
        String host = texts.getOrDefault("host", "").toLowerCase(Locale.ROOT);
        if (!host.matches("[a-z0-9.-]+(:\\d{1,5})?|\\[[0-9a-f:.]+](:\\d{1,5})?")) {
            throw AgentConfigLoader.invalid(prefix + ".host", host, "host or host:port, without https://");
        }
        String username = texts.getOrDefault("username", "");
        if (username.isEmpty() == texts.containsKey("passwordFile")) {
            throw AgentConfigLoader.invalid(
                    prefix + ".username", username, "username and passwordFile together, or neither");
        }
        return new RegistrySettings(
                host,
                flag(prefix + ".plainHttp", texts.getOrDefault("plainHttp", "false")),
                optional(prefix + ".ca", texts.get("ca")),
                username,
                optional(prefix + ".passwordFile", texts.get("passwordFile")),
                url(prefix + ".url", texts.get("url")));
    }

    private static Optional<Path> optional(String key, @Nullable String text) throws DarterException {
        return text == null ? Optional.empty() : Optional.of(path(key, text));
    }

    private static Optional<URI> url(String key, @Nullable String text) throws DarterException {
        if (text == null) {
            return Optional.empty();
        }
        try {
            URI url = URI.create(text);
            boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (web && url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null) {
                return Optional.of(url);
            }
        } catch (IllegalArgumentException e) {
            // Refused below, in words.
        }
        throw AgentConfigLoader.invalid(key, text, "https://host[:port], or http:// on loopback or with plainHttp");
    }

    private List<EffectiveValue> values() throws DarterException {
        List<EffectiveValue> values = new ArrayList<>();
        for (String key : Keys.DEFAULTS.keySet()) {
            Origin origin = origins.getOrDefault(key, Origin.DEFAULT);
            String value = switch (key) {
                case Keys.REGISTRIES -> registryNames();
                case Keys.LIMITS -> given.get(key) == null ? "" : given.get(key).toString();
                case "filteredQueryParams" -> String.join(" ", names(key));
                default -> text(key);
            };
            if (key.equals("quota") && value.isEmpty()) {
                value = "20GiB, on a seed 50GiB";
            }
            values.add(new EffectiveValue(key, key.equals("joinToken") && !value.isEmpty() ? "***" : value, origin));
        }
        return List.copyOf(values);
    }

    private String registryNames() throws DarterException {
        return String.join(
                " ", registries().stream().map(RegistrySettings::host).toList());
    }
}
