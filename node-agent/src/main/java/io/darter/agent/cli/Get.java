package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file by way of the agent, written with the caller's own rights, whole or not at all.
 *
 * @param file replaced only when all of the content is there
 * @param digest {@code sha256:<hex>}, or empty
 * @param socket the agent's
 * @param link the file may be the store's own under another name
 */
record Get(String url, Path file, String digest, Path socket, boolean json, boolean link) {
    static final Path SOCKET = Path.of("/run/darter/agent.sock");

    /**
     * The plain form {@code get URL -o FILE [--digest D] [--socket S]}, read without the command line library, whose start
     * takes longer than a small download. Empty for everything else, wrong usage included: that is the library's.
     */
    static Optional<Get> plain(String[] arguments, Map<String, String> environment) {
        if (arguments.length < 4
                || arguments.length % 2 != 0
                || !arguments[0].equals("get")
                || isOption(arguments[1])) {
            return Optional.empty();
        }
        String file = "";
        String digest = "";
        String socket = environment.getOrDefault("DARTER_SOCKET", SOCKET.toString());
        for (int i = 2; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "-o", "--output" -> file = value;
                case "--digest" -> digest = value;
                case "--socket" -> socket = value;
                default -> {
                    return Optional.empty();
                }
            }
            if (value.isEmpty() || isOption(value)) {
                return Optional.empty();
            }
        }
        return file.isEmpty()
                ? Optional.empty()
                : Optional.of(new Get(arguments[1], Path.of(file), digest, Path.of(socket), false, false));
    }

    private static boolean isOption(String word) {
        return word.startsWith("-");
    }

    /** Exit code 0, or throws what went wrong. */
    int run(PrintWriter out, PrintWriter err) throws DarterException {
        Path target = file.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new DarterException(
                    ErrorCode.USAGE, "Writing " + target, "it is a folder", "Name the file to write with -o.");
        }
        long startNanos = System.nanoTime();
        Fetched fetched = fetch(new AgentSocket(socket), target, err);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("url", url);
            result.put("file", target.toString());
            result.put("bytes", fetched.bytes());
            result.put("key", fetched.key());
            result.put("placed", fetched.placed());
            result.put("seconds", Math.round(seconds * 1000) / 1000.0);
            out.println(JsonMapper.shared().writeValueAsString(result));
            out.flush();
        } else {
            err.printf("%s: %s in %.1f s%n", file, Sizes.text(fetched.bytes()), seconds);
            err.flush();
        }
        return 0;
    }

    /**
     * What came of it.
     *
     * @param key of the content, for {@code darter pin}
     * @param placed how the file came to be: linked, copied from the store, or received
     */
    private record Fetched(long bytes, String key, String placed) {}

    private Fetched fetch(AgentSocket agent, Path target, PrintWriter err) throws DarterException {
        // Only to be told from other requests of this machine; a random one costs 50 ms of start-up.
        String request = ProcessHandle.current().pid() + "-" + System.nanoTime();
        String query = "/v1/get?url=" + encode(url) + "&digest=" + encode(digest) + "&request=" + request;
        try (AgentSocket.Answer answer = agent.get(query + "&place=" + (link ? "link" : "copy"))) {
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), answer.small());
            }
            String key = answer.headers().getOrDefault("darter-key", "");
            try (PartFile part = PartFile.create(target)) {
                Optional<Placement> placement = Placement.of(answer);
                String placed = placement.isPresent()
                        ? placement.get().place(part, link, json, err)
                        : receive(agent, request, part, answer);
                if (placed.isEmpty()) {
                    placed = receiveRest(agent, query, request, part, key);
                }
                part.commit();
                return new Fetched(part.writtenBytes(), key, placed);
            }
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.INTERNAL,
                    "Asking the agent for " + url,
                    String.valueOf(e.getMessage()),
                    "See the agent's log; ask again.",
                    e);
        }
    }

    private String receive(AgentSocket agent, String request, PartFile part, AgentSocket.Answer answer)
            throws DarterException, IOException {
        Progress progress = Progress.onTerminal(part.writtenBytes() + answer.lengthBytes(), json);
        boolean whole = part.copy(answer.body(), answer.lengthBytes(), progress);
        progress.end();
        if (!whole) {
            throw reason(agent, request);
        }
        return "received";
    }

    /** What could not be taken from the store's file comes as bytes. */
    private String receiveRest(AgentSocket agent, String query, String request, PartFile part, String key)
            throws DarterException, IOException {
        try (AgentSocket.Answer answer = agent.get(query + "&from=" + part.writtenBytes() + "&key=" + encode(key))) {
            if (answer.status() != 200) {
                throw ProblemJson.parse(answer.status(), answer.small());
            }
            return receive(agent, request, part, answer);
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
