package io.darter.agent.cli;

import io.darter.agent.control.AgentStatus;
import io.darter.agent.errors.DarterException;
import io.darter.agent.task.TaskProgress;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code darter status}: what the agent of this machine is, has and does. */
@Command(name = "status", description = "Shows what the agent on this machine is doing.")
final class StatusCommand implements Callable<Integer>, Darter.Json {
    @Mixin
    private LocalAgent agent = new LocalAgent();

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
        byte[] body = agent.ask("/v1/status");
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
