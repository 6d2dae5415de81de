package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.task.ContentTrace;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** {@code darter tasks}: what runs on this node and what ended lately; {@code darter tasks explain ID}: why it went so. */
@Command(
        name = "tasks",
        description =
                "Lists what this node downloads or downloaded lately; tasks explain ID says why it went as it did.",
        subcommands = TasksCommand.Explain.class)
final class TasksCommand implements Callable<Integer>, Darter.Json {
    private static final TypeReference<List<ContentTrace>> TRACES = new TypeReference<>() {};
    private static final int KEY_SHOWN = 19;

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
        PrintWriter out = spec.commandLine().getOut();
        byte[] body = agent.ask("/v1/tasks");
        if (json) {
            out.println(new String(body, StandardCharsets.UTF_8));
        } else {
            list(JsonMapper.shared().readValue(body, TRACES), out);
        }
        out.flush();
        return 0;
    }

    private static void list(List<ContentTrace> traces, PrintWriter out) {
        out.printf(
                "%-7s %4s %10s %10s %10s %10s %8s %12s  %-19s %s%n",
                "STATE", "DONE", "SIZE", "PEERS", "ORIGIN", "LOCAL", "SECONDS", "SPEED", "CONTENT", "TASK");
        for (ContentTrace trace : traces) {
            out.printf(
                    Locale.ROOT,
                    "%-7s %3d%% %10s %10s %10s %10s %8.1f %12s  %-19s %s%n",
                    trace.state(),
                    trace.percent(),
                    Sizes.text(trace.sizeBytes()),
                    Sizes.text(trace.peerBytes()),
                    Sizes.text(trace.originBytes()),
                    Sizes.text(trace.heldBytes()),
                    trace.millis() / 1000.0,
                    Sizes.text((long) trace.bytesPerSecond()) + "/s",
                    trace.key().substring(0, Math.min(KEY_SHOWN, trace.key().length())),
                    trace.task());
        }
    }

    /** {@code darter tasks explain ID}. */
    @Command(name = "explain", description = "Says why a task on this node was slow, failed, or went to the origin.")
    static final class Explain implements Callable<Integer>, Darter.Json {
        @Parameters(
                index = "0",
                paramLabel = "ID",
                description = "a task's name, a content's key or digest, or the beginning of one")
        private String id = "";

        @Mixin
        private LocalAgent agent = new LocalAgent();

        @Option(names = "--json", description = "everything that is known, as JSON")
        private boolean json;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public boolean json() {
            return json;
        }

        @Override
        public Integer call() throws DarterException {
            PrintWriter out = spec.commandLine().getOut();
            byte[] body = agent.ask("/v1/tasks/explain?id=" + LocalAgent.encode(id));
            if (json) {
                out.println(new String(body, StandardCharsets.UTF_8));
            } else {
                new TraceText(out).print(JsonMapper.shared().readValue(body, TRACES));
            }
            out.flush();
            return 0;
        }
    }
}
