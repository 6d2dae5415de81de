package io.darter.agent.origin;

import io.darter.agent.config.RegistrySettings;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where registries are and how they may be reached. */
public final class Registries {
    private static final String DOCKER_HUB = "docker.io";
    private static final String DOCKER_HUB_HOST = "registry-1.docker.io";

    private volatile Map<String, RegistrySettings> byHost = Map.of();

    public Registries(List<RegistrySettings> settings) {
        replace(settings);
    }

    /** From now on these count; requests under way end as they began. */
    public void replace(List<RegistrySettings> settings) {
        Map<String, RegistrySettings> fresh = new HashMap<>();
        for (RegistrySettings each : settings) {
            fresh.put(canonical(each.host()), each);
        }
        byHost = Map.copyOf(fresh);
    }

    /** Docker Hub has several names; an image's name knows one. */
    public static String canonical(String registry) {
        String lower = registry.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "index.docker.io", DOCKER_HUB_HOST -> DOCKER_HUB;
            default -> lower;
        };
    }

    /** Settings of {@code host[:port]}; those without any say if nothing is configured. */
    public RegistrySettings of(String host) {
        String name = canonical(host);
        RegistrySettings settings = byHost.get(name);
        return settings == null ? RegistrySettings.plain(name) : settings;
    }

    /** The address that the settings of this registry lead to, without a slash at the end. */
    public String baseUrl(String registry) {
        RegistrySettings settings = of(registry);
        if (settings.url().isPresent()) {
            return settings.url().get().toString().replaceAll("/+$", "");
        }
        String name = canonical(registry);
        if (name.equals(DOCKER_HUB)) {
            return "https://" + DOCKER_HUB_HOST;
        }
        boolean plain = settings.plainHttp()
                || (isLoopback(hostOf(name)) && settings.ca().isEmpty());
        return (plain ? "http://" : "https://") + name;
    }

    /**
     * The place of a canonical URL {@code https://registry/...} as this agent reaches it; a file's URL (empty registry) stays.
     */
    public URI locate(URI canonical, String registry) {
        if (registry.isEmpty() || !registry.equalsIgnoreCase(canonical.getRawAuthority())) {
            return canonical;
        }
        String query = canonical.getRawQuery() == null ? "" : "?" + canonical.getRawQuery();
        return URI.create(baseUrl(registry) + canonical.getRawPath() + query);
    }

    /** Refuses http without TLS, except to loopback hosts and where a person allowed it for the host. */
    void requireAllowed(URI url, String registry) throws DarterException {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new DarterException(
                    ErrorCode.USAGE,
                    "Fetching " + shown(url),
                    "it is not an http or https address",
                    "Give a whole URL such as https://host/path.");
        }
        boolean plainIsFine = isLoopback(url.getHost())
                || of(url.getRawAuthority()).plainHttp()
                || (!registry.isEmpty() && of(registry).plainHttp() && sameHost(url, baseUrl(registry)));
        if (scheme.equals("http") && !plainIsFine) {
            throw new DarterException(
                    ErrorCode.ORIGIN_TLS,
                    "Fetching " + shown(url),
                    "it is plain http, which anybody on the way can change",
                    "Use https, or set plainHttp: true for " + url.getRawAuthority() + " under registries.");
        }
    }

    private static boolean sameHost(URI url, String base) {
        return String.valueOf(url.getRawAuthority())
                .equalsIgnoreCase(URI.create(base).getRawAuthority());
    }

    /** Without asking a name service: 127.0.0.0/8, ::1, localhost and names under it. */
    static boolean isLoopback(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost")
                || lower.endsWith(".localhost")
                || lower.matches("127(\\.\\d{1,3}){3}")
                || lower.equals("[::1]")
                || lower.equals("::1");
    }

    static String hostOf(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port =
                colon > authority.lastIndexOf(']') && colon == authority.indexOf(':', authority.indexOf(']') + 1);
        return port ? authority.substring(0, colon) : authority;
    }

    /** Presigned URLs carry their secret in the query: people see the address without it. */
    static String shown(URI url) {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort())
                + url.getRawPath();
    }
}
