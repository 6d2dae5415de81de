package io.darter.agent.mirror;

import io.darter.agent.origin.Registries;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request to the mirror asks for; names are checked, so that nothing but a registry's own paths can be reached. */
sealed interface MirrorPath {
    /** Is this a registry? */
    record Ping() implements MirrorPath {}

    /** @param reference a tag or a digest */
    record Manifest(Repository repository, String reference) implements MirrorPath {
        boolean byDigest() {
            return reference.contains(":");
        }
    }

    record Blob(Repository repository, String digest) implements MirrorPath {}

    /** Small things that are passed through: {@code referrers/<digest>} and {@code tags/list}. */
    record Passed(Repository repository, String rest) implements MirrorPath {}

    /** @param registry canonical {@code host[:port]} */
    record Repository(String registry, String name) {
        /** As people write it, without tag or digest. */
        @Override
        public String toString() {
            return registry + "/" + name;
        }
    }

    String DEFAULT_REGISTRY = "docker.io";
    Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\\d{1,5})?|\\[[0-9a-f:.]{2,45}](:\\d{1,5})?");
    Pattern NAME =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    Pattern PATH = Pattern.compile("/v2/(.+)/(?:(manifests|blobs|referrers)/([^/]+)|(tags/list))");
    int NAME_LENGTH_MAX = 255;

    /**
     * Empty if it is nothing that registries have, or a name is not one.
     *
     * @param ns the query parameter by which containerd names the registry; without it the first part of the path is the
     *     registry if it looks like a host, else Docker Hub is meant
     */
    static Optional<MirrorPath> parse(String rawPath, Optional<String> ns) {
        String path;
        try {
            path = URLDecoder.decode(rawPath.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (path.equals("/v2/") || path.equals("/v2")) {
            return Optional.of(new Ping());
        }
        Matcher parts = PATH.matcher(path);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return repository(parts.group(1), ns).flatMap(repository -> what(repository, parts));
    }

    private static Optional<MirrorPath> what(Repository repository, Matcher parts) {
        String kind = parts.group(2);
        String reference = parts.group(3);
        if (kind == null) {
            return Optional.of(new Passed(repository, parts.group(4)));
        }
        boolean digest = DIGEST.matcher(reference).matches();
        return switch (kind) {
            case "manifests" ->
                digest || TAG.matcher(reference).matches()
                        ? Optional.of(new Manifest(repository, reference))
                        : Optional.empty();
            case "blobs" -> digest ? Optional.of(new Blob(repository, reference)) : Optional.empty();
            default -> digest ? Optional.of(new Passed(repository, "referrers/" + reference)) : Optional.empty();
        };
    }

    private static Optional<Repository> repository(String text, Optional<String> ns) {
        String registry = ns.orElse("");
        String name = text;
        int slash = text.indexOf('/');
        if (registry.isEmpty() && slash > 0 && looksLikeHost(text.substring(0, slash))) {
            registry = text.substring(0, slash);
            name = text.substring(slash + 1);
        }
        registry = Registries.canonical(registry.isEmpty() ? DEFAULT_REGISTRY : registry.toLowerCase(Locale.ROOT));
        if (registry.equals(DEFAULT_REGISTRY) && name.indexOf('/') < 0) {
            name = "library/" + name;
        }
        boolean right = HOST.matcher(registry).matches()
                && !registry.contains("..")
                && name.length() <= NAME_LENGTH_MAX
                && NAME.matcher(name).matches();
        return right ? Optional.of(new Repository(registry, name)) : Optional.empty();
    }

    private static boolean looksLikeHost(String first) {
        return first.contains(".") || first.contains(":") || first.equals("localhost");
    }
}
