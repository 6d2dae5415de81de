package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which agent a command asks. */
final class LocalAgent {
    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "the agent's socket (default: DARTER_SOCKET or ${DEFAULT-VALUE})")
    private Path socket = GetWish.SOCKET;

    Path socket() {
        return socket;
    }

    /** The body of a good answer; any other is thrown, in the agent's words. */
    byte[] ask(String target) throws DarterException {
        AgentSocket asked = new AgentSocket(socket);
        try (AgentSocket.Answer answer = asked.get(target)) {
            byte[] body = answer.small();
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), body);
            }
            return body;
        } catch (IOException e) {
            throw asked.lost("Asking the agent", e);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
