package io.darter.agent.http;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a server behaves.
 *
 * @param tls asked at each new connection, since certificates are renewed; null = plain
 * @param concurrentRequestsMax handlers running at once; further requests wait
 * @param connectionsMax further connections are closed at once
 * @param idle a connection without a request is closed after this time
 * @param writeStall a client that takes nothing of its answer for this time is cut off
 * @param upload all answers' bodies together
 */
public record HttpServerSettings(
        Endpoint endpoint,
        @Nullable Supplier<SslContext> tls,
        int concurrentRequestsMax,
        int connectionsMax,
        Duration idle,
        Duration writeStall,
        RateLimit upload) {

    /** Plain, 256 requests at once, 1024 connections, idle 2 min, a writer waits 5 min, no rate limit. */
    public static HttpServerSettings of(Endpoint endpoint) {
        return new HttpServerSettings(
                endpoint, null, 256, 1024, Duration.ofMinutes(2), Duration.ofMinutes(5), RateLimit.unlimited());
    }

    public HttpServerSettings withTls(Supplier<SslContext> context) {
        return new HttpServerSettings(
                endpoint, context, concurrentRequestsMax, connectionsMax, idle, writeStall, upload);
    }

    public HttpServerSettings withUpload(RateLimit limit) {
        return new HttpServerSettings(endpoint, tls, concurrentRequestsMax, connectionsMax, idle, writeStall, limit);
    }

    public HttpServerSettings withTimes(Duration idleTime, Duration writeStallTime) {
        return new HttpServerSettings(
                endpoint, tls, concurrentRequestsMax, connectionsMax, idleTime, writeStallTime, upload);
    }
}
