package io.darter.agent.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;

/**
 * A request that has arrived whole.
 *
 * @param refusal status to refuse it with without asking the handler, 0 = none
 */
record ServerRequest(
        HttpMethod method, String target, HttpHeaders headers, boolean keepAlive, byte[] body, int refusal) {

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
