package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code darter get} as people type it; {@link Get} does it. */
@Command(name = "get", description = "Fetches a file by way of the cluster.")
final class GetCommand implements Callable<Integer>, Darter.Json {
    @Parameters(index = "0", paramLabel = "URL", description = "http:// or https:// URL, also of a registry's blob")
    private String url = "";

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "where to write it; replaced only when all of it is there")
    private Path file = Path.of("");

    @Option(names = "--digest", paramLabel = "sha256:HEX", description = "what the bytes must be", defaultValue = "")
    private String digest = "";

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "the agent's socket (default: DARTER_SOCKET or ${DEFAULT-VALUE})")
    private Path socket = Get.SOCKET;

    @Option(
            names = "--link",
            description = "link the agent's own file instead of copying it, where that is possible; do not write to it")
    private boolean link;

    @Option(names = "--json", description = "the result as JSON on stdout")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public boolean json() {
        return json;
    }

    @Override
    public Integer call() throws DarterException {
        CommandLine line = spec.commandLine();
        return new Get(url, file, digest, socket, json, link).run(line.getOut(), line.getErr());
    }
}
