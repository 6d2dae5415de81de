package io.darter.agent.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;

/**
 * A request that has arrived whole.
 *
 * @param refusal status to refuse it with without asking the handler, 0 = none
 */
record ServerRequest(
        HttpMethod method, String target, HttpHeaders headers, boolean keepAlive, byte[] body, int refusal) {

    /** Whether it is a path, with or without a query that can be decoded. */
    static boolean isReadable(String originForm) {
        if (!originForm.startsWith("/")) {
            return false;
        }
        int query = originForm.indexOf('?');
        if (query < 0 || originForm.indexOf('%', query) < 0) {
            return true;
        }
        try {
            return !new QueryStringDecoder(originForm).parameters().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The target without scheme and authority, which a client of a proxy sends. */
    static String originForm(String target) {
        int scheme = target.indexOf("://");
        if (target.startsWith("/") || scheme < 0) {
            return target;
        }
        int path = target.indexOf('/', scheme + 3);
        return path < 0 ? "/" : target.substring(path);
    }
}
