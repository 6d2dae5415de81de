package io.darter.bench;

import io.darter.demo.AgentProcess;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which pieces of a content an agent fetched since its start: what {@code darter tasks explain} knows. */
final class FetchedPieces {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** "piece 7", "pieces 7–9", and for a transfer that failed "pieces 7–9 after 2: …". */
    private static final Pattern RUN =
            Pattern.compile("pieces? (\\d+)(?:–(\\d+))?(?: after (\\d+): .*)?", Pattern.DOTALL);

    private FetchedPieces() {}

    /** Throws where the trace is not complete. */
    static Set<Integer> of(AgentProcess agent, String key) throws IOException, InterruptedException {
        String answer = Command.run("curl -sSf --max-time 10 --unix-socket '" + agent.socket()
                        + "' 'http://darter/v1/tasks/explain?id=" + key + "'")
                .output();
        Set<Integer> pieces = new HashSet<>();
        for (JsonNode trace : JSON.readTree(answer)) {
            if (trace.path("eventsLeftOut").asInt(-1) != 0) {
                throw new IOException("the trace of " + key + " has left out events");
            }
            for (JsonNode event : trace.path("events")) {
                String kind = event.path("kind").asString();
                if (kind.equals("run") || kind.equals("failed")) {
                    add(event.path("words").asString(), pieces);
                }
            }
        }
        return pieces;
    }

    private static void add(String words, Set<Integer> pieces) {
        Matcher run = RUN.matcher(words);
        if (run.matches()) {
            int first = Integer.parseInt(run.group(1));
            int last = run.group(2) == null ? first : Integer.parseInt(run.group(2));
            int end = run.group(3) == null ? last + 1 : first + Integer.parseInt(run.group(3));
            for (int piece = first; piece < end; piece++) {
                pieces.add(piece);
            }
        }
    }
}
