package io.darter.agent.mirror;

import io.darter.agent.errors.DarterException;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Errors in the shape that registry clients print, with our four parts in their detail. */
final class OciErrors {
    private OciErrors() {}

    /** @param ociCode of the distribution specification: MANIFEST_UNKNOWN, BLOB_UNKNOWN, DENIED, ... */
    static void send(
            HttpExchange exchange,
            int status,
            String ociCode,
            String code,
            String tried,
            String happened,
            String advice,
            Map<String, String> headers)
            throws IOException, InterruptedException {
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("code", code);
        detail.put("tried", tried);
        detail.put("happened", happened);
        detail.put("advice", advice);
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", ociCode);
        error.put("message", tried + ": " + happened + ". " + advice);
        error.put("detail", detail);
        byte[] body = Json.write(Map.of("errors", List.of(error))).getBytes(StandardCharsets.UTF_8);
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", "application/json");
        exchange.respond(status, all, body);
    }

    static void send(HttpExchange exchange, DarterException error) throws IOException, InterruptedException {
        int status = switch (error.code()) {
            case CONTENT_NOT_FOUND -> 404;
            case ORIGIN_DENIED -> error.originStatus() == 401 ? 401 : 403;
            case CONTENT_PURGED -> 403;
            case USAGE -> 400;
            default -> 503;
        };
        send(
                exchange,
                status,
                ociCode(status),
                error.code().name(),
                error.tried(),
                error.happened(),
                error.advice(),
                Map.of());
    }

    /** The upstream's refusal, passed on without its challenge: the runtime's credentials are not for us. */
    static void upstream(HttpExchange exchange, String unknownCode, String what, int upstreamStatus)
            throws IOException, InterruptedException {
        int status = switch (upstreamStatus) {
            case 401, 403, 404 -> upstreamStatus;
            default -> 503;
        };
        String code = status == 404 ? "CONTENT_NOT_FOUND" : status == 503 ? "ORIGIN_REFUSED" : "ORIGIN_DENIED";
        String advice = switch (status) {
            case 404 -> "Check the name.";
            case 503 -> "Try again later; check the registry's health.";
            default -> "Set username and passwordFile for this registry in the agent's configuration.";
        };
        send(
                exchange,
                status,
                status == 404 ? unknownCode : ociCode(status),
                code,
                "Fetching " + what,
                "the registry answered status " + upstreamStatus,
                advice,
                Map.of());
    }

    private static String ociCode(int status) {
        return switch (status) {
            case 400 -> "NAME_INVALID";
            case 401 -> "UNAUTHORIZED";
            case 403 -> "DENIED";
            case 404 -> "NAME_UNKNOWN";
            case 405 -> "UNSUPPORTED";
            default -> "UNAVAILABLE";
        };
    }
}
