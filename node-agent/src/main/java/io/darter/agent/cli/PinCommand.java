package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code darter pin KEY} and {@code darter unpin KEY}: what this node keeps, whatever else it needs room for. */
abstract class PinCommand implements java.util.concurrent.Callable<Integer>, Darter.Json {
    private final String verb;

    @Parameters(index = "0", paramLabel = "KEY", description = "sha256-<hex> or sha256:<hex> of the content")
    private String key = "";

    @Mixin
    private LocalAgent agent = new LocalAgent();

    @Option(names = "--json", description = "the agent's answer as it is")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private PinCommand(String verb) {
        this.verb = verb;
    }

    @Command(name = "pin", description = "Keeps a content in this node's store: it is never evicted.")
    static final class Pin extends PinCommand {
        Pin() {
            super("pin");
        }
    }

    @Command(name = "unpin", description = "Lets a pinned content be evicted again.")
    static final class Unpin extends PinCommand {
        Unpin() {
            super("unpin");
        }
    }

    @Override
    public boolean json() {
        return json;
    }

    @Override
    public Integer call() throws DarterException {
        String target = "/v1/" + verb + "?key=" + LocalAgent.encode(key);
        AgentSocket asked = new AgentSocket(agent.socket());
        try (AgentSocket.Answer answer = asked.post(target)) {
            byte[] body = answer.small();
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), body);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println(json ? new String(body, StandardCharsets.UTF_8) : key + " is " + verb + "ned");
            out.flush();
            return 0;
        } catch (IOException e) {
            throw asked.lost("Asking the agent", e);
        }
    }
}
