package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Problems as JSON, to and from. */
final class ProblemJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ProblemJson() {}

    static String of(DarterException problem) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("code", problem.code().name());
        fields.put("tried", problem.tried());
        fields.put("happened", problem.happened());
        fields.put("advice", problem.advice());
        return JSON.writeValueAsString(fields);
    }

    /** What the agent said; a code that this version does not know is INTERNAL. */
    static DarterException parse(int status, byte[] body) {
        try {
            JsonNode problem = JSON.readTree(body);
            return new DarterException(
                    code(problem.path("code").asString("")),
                    problem.path("tried").asString("Asking the agent"),
                    problem.path("happened").asString("it answered " + status),
                    problem.path("advice").asString("See the agent's log."));
        } catch (JacksonException e) {
            return new DarterException(
                    ErrorCode.INTERNAL, "Asking the agent", "it answered " + status, "See the agent's log.", e);
        }
    }

    private static ErrorCode code(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL;
    }
}
