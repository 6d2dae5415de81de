package io.darter.agent.cli;

import io.darter.agent.control.AgentStatus;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.task.TaskProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code darter status}: what the agent of this machine is, has and does. */
@Command(name = "status", description = "Shows what the agent on this machine is doing.")
final class StatusCommand implements Callable<Integer>, Darter.Json {
    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "the agent's socket (default: DARTER_SOCKET or ${DEFAULT-VALUE})")
    private Path socket = Path.of("/run/darter/agent.sock");

    @Option(names = "--json", description = "the agent's answer as it is")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public boolean json() {
        return json;
    }

    @Override
    public Integer call() throws DarterException {
        byte[] body;
        try (AgentSocket.Answer answer = new AgentSocket(socket).get("/v1/status")) {
            body = answer.small();
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), body);
            }
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.INTERNAL, "Asking the agent", String.valueOf(e.getMessage()), "See the agent's log.", e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new String(body, StandardCharsets.UTF_8));
        } else {
            print(JsonMapper.shared().readValue(body, AgentStatus.class), out);
        }
        out.flush();
        return 0;
    }

    private static void print(AgentStatus status, PrintWriter out) {
        String name = status.nodeName().isEmpty() ? "not joined" : status.nodeName() + " (" + status.node() + ")";
        out.printf("node       %s, %s%n", name, status.role());
        out.printf("scheduler  %s%n", status.linked() ? "linked" : "not linked: contents come from their origin");
        if (status.selfCheck().equals("failed")) {
            out.printf("self-check failed: other nodes may not get anything from here; see the agent's log%n");
        }
        out.printf(
                "store      %s of %s, %d contents%n",
                Sizes.text(status.storeBytes()), Sizes.text(status.quotaBytes()), status.contents());
        out.printf(
                "received   %s from peers, %s from origins%n",
                Sizes.text(status.peerBytes()), Sizes.text(status.originBytes()));
        out.printf(
                "gave       %s to peers, %s to callers%n",
                Sizes.text(status.servedBytes()), Sizes.text(status.deliveredBytes()));
        for (TaskProgress task : status.tasks()) {
            out.printf(
                    "task       %s: %s of %s%n",
                    task.task(), Sizes.text(task.verifiedBytes()), Sizes.text(task.sizeBytes()));
        }
    }
}
