package io.darter.demo;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns an agent's answer of refusal, ours or the registry protocol's, into words and an exit code. */
final class Refusal {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Refusal() {}

    static DemoFailure of(String tried, int status, String body) {
        var json = parse(body);
        if (json.path("happened").isString()) {
            var code = json.path("code").asString("ORIGIN_REFUSED");
            return new DemoFailure(
                    exitCode(code, status),
                    code,
                    json.path("tried").asString(tried),
                    json.path("happened").asString(),
                    json.path("advice").asString("Look into the agent's log"));
        }
        var error = json.path("errors").path(0);
        var code = error.path("code").asString("HTTP_" + status);
        var words = error.path("message").asString(body.isBlank() ? "no words" : body.strip());
        return new DemoFailure(
                exitCode(code, status),
                code,
                tried,
                "the answer was " + status + ", " + words,
                "Check the address, and that the origin can be reached from this machine");
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static int exitCode(String code, int status) {
        return switch (code) {
            case "DIGEST_MISMATCH" -> DemoFailure.MISMATCH;
            case "TIMEOUT" -> DemoFailure.TIMEOUT;
            default ->
                switch (status) {
                    case 404 -> DemoFailure.NOT_FOUND;
                    case 401, 403 -> DemoFailure.DENIED;
                    default -> DemoFailure.ORIGIN;
                };
        };
    }
}
