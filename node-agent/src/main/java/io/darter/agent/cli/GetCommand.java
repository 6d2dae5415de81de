package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code darter get}: a file by way of the agent, written with the caller's own rights, whole or not at all. */
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
    private Path socket = Path.of("/run/darter/agent.sock");

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
        Path target = file.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new DarterException(
                    ErrorCode.USAGE, "Writing " + target, "it is a folder", "Name the file to write with -o.");
        }
        long startNanos = System.nanoTime();
        long bytes = fetch(new AgentSocket(socket), target);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("url", url);
            result.put("file", target.toString());
            result.put("bytes", bytes);
            result.put("seconds", Math.round(seconds * 1000) / 1000.0);
            spec.commandLine().getOut().println(JsonMapper.shared().writeValueAsString(result));
            spec.commandLine().getOut().flush();
        } else {
            spec.commandLine().getErr().printf("%s: %s in %.1f s%n", file, Sizes.text(bytes), seconds);
        }
        return 0;
    }

    private long fetch(AgentSocket agent, Path target) throws DarterException {
        // Only to be told from other requests of this machine; a random one costs 50 ms of start-up.
        String request = ProcessHandle.current().pid() + "-" + System.nanoTime();
        String query = "/v1/get?url=" + encode(url) + "&digest=" + encode(digest) + "&request=" + request;
        try (AgentSocket.Answer answer = agent.get(query)) {
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), answer.small());
            }
            try (PartFile part = PartFile.create(target)) {
                Progress progress = Progress.onTerminal(answer.lengthBytes(), json);
                boolean whole = part.copy(answer.body(), answer.lengthBytes(), progress);
                progress.end();
                if (!whole) {
                    throw reason(agent, request);
                }
                part.commit();
            }
            return answer.lengthBytes();
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.INTERNAL,
                    "Asking the agent for " + url,
                    String.valueOf(e.getMessage()),
                    "See the agent's log; ask again.",
                    e);
        }
    }

    /** Why the agent cut the answer short. */
    private static DarterException reason(AgentSocket agent, String request) throws DarterException, IOException {
        try (AgentSocket.Answer answer = agent.get("/v1/problem?request=" + request)) {
            if (answer.status() != 404
                    || answer.headers().getOrDefault("content-type", "").contains("problem")) {
                DarterException known = ProblemJson.parse(answer.status(), answer.small());
                if (!known.tried().equals("Asking for a failure")) {
                    return known;
                }
            }
            return new DarterException(
                    ErrorCode.INTERNAL,
                    "Reading the agent's answer",
                    "it ended before its end",
                    "See the agent's log; ask again.");
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
