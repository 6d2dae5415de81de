package io.darter.agent.cli;

import io.darter.agent.config.Units;
import io.darter.agent.errors.DarterException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code darter get} as people type it; {@link Get} does it. */
@Command(
        name = "get",
        description = {
            "Fetches a file by way of the cluster.",
            "FILE is replaced by one rename when all of it is there and safe on the disk. An interrupted get leaves FILE.part;"
                    + " the same command goes on from there. Where FILE is a symbolic link, the file that it leads to is replaced;"
                    + " devices, pipes and standard output (-) are refused. If the agent is started anew meanwhile, the command"
                    + " waits 10 s for it and goes on. Credentials of an origin are set in agent.yaml, never here."
        })
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
            names = "--tag",
            paramLabel = "TAG",
            description = "keeps contents of one URL apart: those with another tag are another content",
            defaultValue = "")
    private String tag = "";

    @Option(
            names = "--range",
            paramLabel = "FIRST-LAST",
            description = "only these bytes, counted from 0, both included",
            defaultValue = "")
    private String range = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "give up after so long, for example 90s, 10m; what has come is kept",
            converter = Time.class)
    private Duration timeout = Duration.ZERO;

    @Option(names = "--no-clobber", description = "leave an existing FILE as it is (exit code 2)")
    private boolean noClobber;

    @Option(
            names = "--link",
            description = "link the agent's own file instead of copying it, where that is possible; do not write to it")
    private boolean link;

    @Option(
            names = {"-v", "--verbose"},
            description = "lines of progress where there is no terminal")
    private boolean verbose;

    @Option(names = "--json", description = "the result as JSON on stdout")
    private boolean json;

    @Mixin
    private LocalAgent agent = new LocalAgent();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public boolean json() {
        return json;
    }

    @Override
    public Integer call() throws DarterException {
        CommandLine line = spec.commandLine();
        GetWish wish =
                new GetWish(url, file, digest, tag, range, timeout, noClobber, link, verbose, json, agent.socket());
        return new Get(wish).run(line.getOut(), line.getErr());
    }

    /** 90s, 10m. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Units.duration(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is not a time; give " + e.getMessage());
            }
        }
    }
}
