package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL that somebody wants, in the one form that all nodes agree on.
 *
 * @param url canonical: lower-case scheme and host, no default port, no fragment
 * @param registry {@code host[:port]} where the URL is a registry's blob, else empty
 * @param repository where it is a registry's blob, else empty
 * @param digest where the URL itself says it, else empty
 */
record FileUrl(URI url, String registry, String repository, String digest) {
    private static final Pattern BLOB = Pattern.compile("/v2/(.+)/blobs/(sha256:[0-9a-f]{64})");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    static FileUrl parse(String text, String digest) throws DarterException {
        if (!digest.isEmpty() && !DIGEST.matcher(digest).matches()) {
            throw usage("--digest " + digest, "it is not of the form sha256:<64 lower-case hex digits>");
        }
        URI url = canonical(text);
        Matcher blob = BLOB.matcher(url.getPath());
        if (!blob.matches()) {
            return new FileUrl(url, "", "", digest);
        }
        if (!digest.isEmpty() && !digest.equals(blob.group(2))) {
            throw usage("--digest " + digest, "the URL says " + blob.group(2));
        }
        return new FileUrl(url, url.getRawAuthority(), blob.group(1), blob.group(2));
    }

    private static URI canonical(String text) throws DarterException {
        try {
            URI given = new URI(text).normalize();
            String scheme = String.valueOf(given.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw usage(text, "only http and https URLs can be fetched");
            }
            if (given.getHost() == null) {
                throw usage(text, "the URL names no host");
            }
            if (given.getRawUserInfo() != null) {
                throw usage("a URL of " + given.getHost(), "it contains credentials, which would be shown and logged");
            }
            boolean defaultPort = given.getPort() == (scheme.equals("http") ? 80 : 443);
            String port = given.getPort() < 0 || defaultPort ? "" : ":" + given.getPort();
            String path = given.getRawPath().isEmpty() ? "/" : given.getRawPath();
            String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
            return new URI(scheme + "://" + given.getHost().toLowerCase(Locale.ROOT) + port + path + query);
        } catch (URISyntaxException e) {
            throw usage(text, "it is not a URL (" + e.getReason() + ")");
        }
    }

    private static DarterException usage(String what, String happened) {
        return new DarterException(
                ErrorCode.USAGE, "Reading " + what, happened, "Give a URL like https://host/path/file.");
    }
}
