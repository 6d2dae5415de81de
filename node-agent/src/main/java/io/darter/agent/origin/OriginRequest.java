package io.darter.agent.origin;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A request without a body. What it is made of comes in part from registries: a value that would end its header is refused.
 *
 * @param kept how long its connection waits for another request after the answer
 */
record OriginRequest(String method, URI url, Map<String, String> headers, Duration kept) {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final int PORT_MAX = 65_535;

    /** @throws IllegalArgumentException if no request can have that */
    OriginRequest {
        if (!TOKEN.matcher(method).matches()) {
            throw new IllegalArgumentException("not a method: " + method);
        }
        if (url.getHost() == null || url.getPort() == 0 || url.getPort() > PORT_MAX) {
            throw new IllegalArgumentException("no host and port to connect to");
        }
        headers.forEach((name, value) -> {
            if (!TOKEN.matcher(name).matches() || !VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException("not a header: " + name);
            }
        });
    }

    /** Asking twice does what asking once does. */
    boolean isRepeatable() {
        return method.equals("GET") || isHead();
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** As it goes over the network. */
    DefaultFullHttpRequest message() {
        DefaultFullHttpRequest message =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), target());
        message.headers().set("Host", authority());
        headers.forEach(message.headers()::set);
        return message;
    }

    /** Path and query as they stand; only what is not ASCII is written as it must be. */
    private String target() {
        URI ascii = URI.create(url.toASCIIString());
        String path = ascii.getRawPath();
        String query = ascii.getRawQuery();
        return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    /** Host and port without user and password. */
    private String authority() {
        OriginPlace place = OriginPlace.of(url);
        return place.isDefaultPort() ? url.getHost() : url.getHost() + ":" + place.port();
    }
}
