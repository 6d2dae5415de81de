package io.darter.agent.origin;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a WWW-Authenticate header asks for; RFC 9110, section 11. */
record Challenge(String scheme, Map<String, String> parameters) {
    /** Possessive throughout: a registry decides what is matched here, and must not decide for how long or how deep. */
    private static final Pattern SCHEME = Pattern.compile("\\s*+(?i)(Bearer|Basic)(?:\\s++(.*+))?");

    private static final Pattern PARAMETER =
            Pattern.compile("([A-Za-z_-]{1,64})\\s*+=\\s*+(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^\\s,]++))");

    /** The first that we can answer: Bearer before Basic. */
    static Optional<Challenge> of(List<String> headers) {
        Optional<Challenge> basic = Optional.empty();
        for (String header : headers) {
            Matcher matcher = SCHEME.matcher(header);
            if (!matcher.matches()) {
                continue;
            }
            Challenge challenge = new Challenge(
                    matcher.group(1).toLowerCase(Locale.ROOT),
                    parameters(matcher.group(2) == null ? "" : matcher.group(2)));
            if (challenge.scheme().equals("bearer")) {
                return Optional.of(challenge);
            }
            basic = Optional.of(challenge);
        }
        return basic;
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> parameters = new HashMap<>();
        Matcher matcher = PARAMETER.matcher(text);
        while (matcher.find()) {
            String quoted = matcher.group(2);
            parameters.putIfAbsent(
                    matcher.group(1).toLowerCase(Locale.ROOT),
                    quoted == null ? matcher.group(3) : quoted.replace("\\", ""));
        }
        return parameters;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /**
     * Whether credentials for {@code asked} may be shown to this token service: over https, and run by the same people as far
     * as names can tell (same host or same registrable domain). Else any registry could collect credentials of another.
     *
     * @param plainHttp a person allowed http without TLS for the registry
     */
    static boolean mayAsk(URI realm, URI asked, boolean plainHttp) {
        String host = realm.getHost();
        String askedHost = asked.getHost();
        if (host == null || askedHost == null || realm.getRawUserInfo() != null) {
            return false;
        }
        boolean loopback = Registries.isLoopback(host) && Registries.isLoopback(askedHost);
        boolean https = "https".equalsIgnoreCase(realm.getScheme());
        boolean http = "http".equalsIgnoreCase(realm.getScheme());
        if (!https && !(http && (loopback || plainHttp))) {
            return false;
        }
        return loopback || host.equalsIgnoreCase(askedHost) || domain(host).equals(domain(askedHost));
    }

    /**
     * The last two labels, or three under a public suffix of the form co.uk; an address is its own domain. An
     * approximation on the strict side of the public suffix list for the names that registries have.
     */
    private static String domain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.contains(":") || lower.matches("[0-9.]+")) {
            return lower;
        }
        String[] labels = lower.split("\\.");
        int count = labels.length;
        if (count <= 2) {
            return lower;
        }
        boolean secondLevelSuffix = labels[count - 1].length() == 2
                && List.of("co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go")
                        .contains(labels[count - 2]);
        int keep = secondLevelSuffix ? 3 : 2;
        return String.join(".", List.of(labels).subList(count - keep, count));
    }
}
