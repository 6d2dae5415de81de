package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Has a running agent read its configuration again. */
public final class ReloadRequest {
    private ReloadRequest() {}

    /** What the agent says, in words; what it refuses is thrown in its words. */
    public static String send(Path socket) throws DarterException {
        try (AgentSocket.Answer answer = new AgentSocket(socket).post("/v1/reload")) {
            byte[] body = answer.small();
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), body);
            }
            return new String(body, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.INTERNAL, "Asking the agent", String.valueOf(e.getMessage()), "See the agent's log.", e);
        }
    }
}
