package io.darter.agent.http;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Errors over HTTP: application/problem+json with what was tried, what happened, what to do, a stable code. */
public final class Problems {
    public static final String CONTENT_TYPE = "application/problem+json";

    private Problems() {}

    public static byte[] body(int status, String code, String tried, String happened, String advice) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("code", code);
        problem.put("tried", tried);
        problem.put("happened", happened);
        problem.put("advice", advice);
        problem.put("status", status);
        return Json.write(problem).getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] body(int status, DarterException error) {
        return body(status, error.code().name(), error.tried(), error.happened(), error.advice());
    }

    /** The status that says the same as the code. */
    public static int status(ErrorCode code) {
        return switch (code) {
            case USAGE, CONFIG_INVALID, CONFIG_UNKNOWN_KEY -> 400;
            case CONTENT_NOT_FOUND -> 404;
            case ORIGIN_DENIED, CONTENT_PURGED, JOIN_TOKEN_REFUSED, CERTIFICATE_REFUSED -> 403;
            case ORIGIN_UNREACHABLE,
                    ORIGIN_REFUSED,
                    ORIGIN_TLS,
                    ORIGIN_CHANGED,
                    APPLIANCE_UNREACHABLE,
                    AGENT_UNREACHABLE,
                    NO_SOURCE,
                    SOURCE_LIED,
                    DIGEST_MISMATCH -> 502;
            case TIMEOUT -> 504;
            case INTERNAL, PORT_IN_USE, DISK_FULL, DISK_ERROR, INTERRUPTED -> 500;
        };
    }
}
