package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Has a running agent read its configuration again. */
public final class ReloadRequest {
    private ReloadRequest() {}

    /** What the agent says, in words; what it refuses is thrown in its words. */
    public static String send(Path socket) throws DarterException {
        AgentSocket asked = new AgentSocket(socket);
        try (AgentSocket.Answer answer = asked.post("/v1/reload")) {
            byte[] body = answer.small();
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), body);
            }
            return new String(body, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw asked.lost("Asking the agent", e);
        }
    }
}
