package io.darter.agent;

import io.darter.agent.cli.ReloadRequest;
import io.darter.agent.config.AgentConfig;
import io.darter.agent.errors.DarterException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a person can say to {@code darter-agent}. */
@Command(
        name = "darter-agent",
        description = "Serves this node's container runtimes and files, peer to peer.",
        mixinStandardHelpOptions = true,
        version = Agent.VERSION)
final class AgentCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "agent.yaml (default: ${DEFAULT-VALUE} if it exists)")
    private Path file = Agent.DEFAULT_FILE;

    private AgentCommand() {}

    /** The file, if these arguments ask for nothing but serving; then nothing of this class is needed. */
    static Optional<Path> plainStart(String... arguments) {
        if (arguments.length == 0) {
            return Optional.of(Agent.DEFAULT_FILE);
        }
        boolean plain = arguments.length == 2 && arguments[0].equals("--config") && !arguments[1].startsWith("-");
        return plain ? Optional.of(Path.of(arguments[1])) : Optional.empty();
    }

    static int execute(String... arguments) {
        return new CommandLine(new AgentCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> Agent.explain(failure))
                .execute(arguments);
    }

    @Override
    public Integer call() {
        return new Agent(file).run();
    }

    /** Prints what applies, and where each value comes from. */
    @Command(name = "config", description = "Prints the effective configuration with the origin of each value.")
    int config() throws DarterException {
        System.out.print(Agent.load(file).describe());
        return 0;
    }

    /** Says whether the configuration is good, without starting anything. */
    @Command(name = "check-config", description = "Checks the configuration; exit code 2 and words if it is not good.")
    int checkConfig() throws DarterException {
        Agent.load(file);
        System.out.println("the configuration is good");
        return 0;
    }

    /** Has the running agent read its configuration again. */
    @Command(
            name = "reload",
            description = "Has the running agent read its configuration again: limits, registries and log level.")
    int reload() throws DarterException {
        System.out.println(ReloadRequest.send(socket(file, System.getenv())));
        return 0;
    }

    /**
     * Of the agent that has this configuration: where the file names a socket, it is that one whatever DARTER_SOCKET says,
     * which in a shell is meant for the darter command.
     */
    static Path socket(Path file, Map<String, String> environment) throws DarterException {
        if (file.equals(Agent.DEFAULT_FILE)) {
            return Agent.load(file, environment).socket();
        }
        Map<String, String> without = new HashMap<>(environment);
        without.remove("DARTER_SOCKET");
        AgentConfig byFile = Agent.load(file, without);
        return byFile.isFromFile("socket")
                ? byFile.socket()
                : Agent.load(file, environment).socket();
    }
}
