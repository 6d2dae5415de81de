package io.darter.agent.origin;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a connection leads and whom it trusts there: only requests to the very same may use it.
 *
 * @param host lower case, an IPv6 address without brackets
 * @param ca PEM file; empty = the JDK's list, or no TLS
 */
record OriginPlace(boolean secure, String host, int port, Optional<Path> ca) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    static OriginPlace of(URI url, Optional<Path> ca) {
        boolean secure = !"http".equalsIgnoreCase(url.getScheme());
        String host = url.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = url.getPort() >= 0 ? url.getPort() : secure ? HTTPS : HTTP;
        return new OriginPlace(secure, host, port, secure ? ca : Optional.empty());
    }

    static OriginPlace of(URI url) {
        return of(url, Optional.empty());
    }

    boolean isDefaultPort() {
        return port == (secure ? HTTPS : HTTP);
    }
}
