package io.darter.agent.origin;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer whose body is still coming; it must be closed.
 *
 * @param uri that was asked
 */
record OriginResponse(int status, HttpHeaders headers, URI uri, BodyQueue body) {
    /** The first of that name, in whatever case. */
    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    List<String> all(String name) {
        return headers.getAll(name);
    }

    /** The first of each name; names in lower case. */
    Map<String, String> firsts() {
        Map<String, String> firsts = new TreeMap<>();
        headers.forEach(header -> firsts.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        return firsts;
    }
}
