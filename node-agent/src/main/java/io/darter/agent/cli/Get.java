package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file by way of the agent, written with the caller's own rights, whole or not at all. What an interrupted one left is
 * gone on with, if it still is the same content; else the bytes of a large one are taken from the store's file itself.
 */
final class Get {
    private static final Duration SHARE_WAIT = Duration.ofSeconds(1);
    /** Fetchers that the scheduler tries, and one to spare. */
    private static final int ATTEMPTS_MAX = 5;

    private final GetWish wish;
    private final AgentSocket agent;
    private final Deadline deadline;
    private long resumedBytes;
    private String content = "";
    private String placed = "";
    private boolean wentOn;
    /** Of the content that were here when the last attempt ended. */
    private long keptBytes;

    Get(GetWish wish) {
        this.wish = wish;
        this.deadline = new Deadline(wish.timeout());
        this.agent = new AgentSocket(wish.socket());
    }

    /** Exit code 0, or throws what went wrong. */
    int run(PrintWriter out, PrintWriter err) throws DarterException {
        Path named = wish.file().toAbsolutePath();
        Path target = Target.of(wish.file(), wish.noClobber());
        long startNanos = System.nanoTime();
        long bytes;
        try {
            bytes = fetchAgain(target, err);
        } finally {
            deadline.done();
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        if (wish.json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("url", wish.url());
            result.put("file", named.toString());
            result.put("bytes", bytes);
            result.put("resumedBytes", resumedBytes);
            result.put("key", content); // for darter pin; empty for what the store does not keep
            result.put("placed", placed);
            result.put("seconds", Math.round(seconds * 1000) / 1000.0);
            out.println(JsonMapper.shared().writeValueAsString(result));
            out.flush();
        } else {
            err.println(wish.file() + ": " + Sizes.text(bytes) + " in " + Sizes.tenths(seconds) + " s");
            err.flush();
        }
        return 0;
    }

    /**
     * What the agent found to be wrong after a part of it was here is asked for again: nothing of it was written as final.
     * So is, for a while, what an agent left unfinished that ended or was started anew.
     */
    private long fetchAgain(Path target, PrintWriter err) throws DarterException {
        AgentReturn agentReturn = null;
        for (int attempt = 1; ; ) {
            try {
                return fetch(target, err);
            } catch (DarterException e) {
                if (AgentReturn.mayCome(e) && agent.answered()) {
                    if (agentReturn == null) {
                        agentReturn = new AgentReturn(agent, wish, deadline, err, AgentReturn.PATIENCE);
                    }
                    agentReturn.await(e, keptBytes);
                    wentOn = false;
                } else if (e.code() != ErrorCode.SOURCE_LIED || attempt++ == ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private long fetch(Path target, PrintWriter err) throws DarterException {
        try (PartFile part = PartFile.create(target, wish.resumable())) {
            try {
                long bytes = fetch(part, err);
                part.commit(wish.noClobber());
                return bytes;
            } finally {
                keptBytes = part.bytes();
            }
        } catch (IOException e) {
            // The part's own failures have words already: this is the connection to the agent.
            throw agent.lost("Asking the agent for " + wish.url(), e);
        }
    }

    /** The bytes of the whole file. */
    private long fetch(PartFile part, PrintWriter err) throws DarterException, IOException {
        // Only to be told from other requests of this machine; a random one costs 50 ms of start-up.
        String request = ProcessHandle.current().pid() + "-" + System.nanoTime();
        // What is to be a link is not gone on with: no byte of it would be the store's.
        boolean resumes = part.bytes() > 0 && !wish.link();
        if (resumes || !wish.range().isEmpty()) {
            return fetch(request, part, resumes ? rest(part, part.content()) : "", err);
        }
        if (wish.link() && mayLink(part)) {
            return fetch(request, part, "&place=link", err);
        }
        if (wish.link()) {
            err.println(
                    "The store's file cannot be linked there (another file system, or not your file): it is copied.");
        }
        return fetch(request, part, "&place=copy", err);
    }

    /** Found out before a content is shared for it. */
    private boolean mayLink(PartFile part) throws DarterException {
        try (AgentSocket.Answer answer = agent.get("/v1/probe")) {
            return answer.status() == 200
                    && part.mayLink(Path.of(new String(answer.small(), StandardCharsets.UTF_8).strip()));
        } catch (IOException e) {
            return false; // copied, then; if the agent is gone the next question finds out
        }
    }

    private long fetch(String request, PartFile part, String how, PrintWriter err) throws DarterException, IOException {
        try (AgentSocket.Answer answer = ask(request, how)) {
            content = answer.headers().getOrDefault("darter-content", "");
            Optional<Placement> placement = Placement.of(answer);
            if (placement.isPresent()) {
                resumedBytes = 0;
                return place(request, part, placement.get(), how.equals("&place=link"), err);
            }
            resumedBytes = skipped(answer);
            return receive(request, part, answer, err);
        }
    }

    private long place(String request, PartFile part, Placement placement, boolean link, PrintWriter err)
            throws DarterException, IOException {
        long size = placement.sizeBytes();
        part.begin(content, 0, size);
        placed = placement.place(part, link, Progress.of(wish, size, 0, new Share(content), err));
        deadline.check(wish.url());
        if (!placed.isEmpty()) {
            return size;
        }
        // What could not be taken from the store's file comes as bytes.
        return goOn(request, part, err);
    }

    private long receive(String request, PartFile part, AgentSocket.Answer answer, PrintWriter err)
            throws DarterException, IOException {
        long from = skipped(answer);
        part.begin(content, from, answer.lengthBytes());
        long size = answer.lengthBytes() < 0 ? -1 : from + answer.lengthBytes();
        Progress progress = Progress.of(wish, size, from, new Share(content), err);
        boolean whole = part.copy(answer.body(), answer.lengthBytes(), progress);
        progress.end();
        deadline.check(wish.url());
        if (!whole) {
            return goOn(request, part, err);
        }
        if (from > 0 && !wish.digest().isEmpty()) {
            part.requireDigest(wish.digest());
        }
        placed = "received";
        return part.bytes();
    }

    /** An answer that was cut for no known reason is gone on with, once. */
    private long goOn(String request, PartFile part, PrintWriter err) throws DarterException, IOException {
        Optional<DarterException> problem = problem(request, part);
        if (problem.isPresent()) {
            throw problem.get();
        }
        if (wentOn || !wish.range().isEmpty()) {
            throw ended();
        }
        wentOn = true;
        try (AgentSocket.Answer answer = ask(request, rest(part, content))) {
            content = answer.headers().getOrDefault("darter-content", "");
            return receive(request, part, answer, err);
        }
    }

    /** How many bytes the answer leaves out because they are here. */
    private static long skipped(AgentSocket.Answer answer) {
        return Long.parseLong(answer.headers().getOrDefault("darter-from", "0"));
    }

    private static String rest(PartFile part, String content) {
        return "&from=" + part.bytes() + "&content=" + encode(content);
    }

    /**
     * A good answer; any other is thrown, in the agent's words.
     *
     * @param how more of the query
     */
    private AgentSocket.Answer ask(String request, String how) throws DarterException, IOException {
        StringBuilder query = new StringBuilder("/v1/get?url=").append(encode(wish.url()));
        query.append("&digest=")
                .append(encode(wish.digest()))
                .append("&request=")
                .append(request);
        if (!wish.tag().isEmpty()) {
            query.append("&tag=").append(encode(wish.tag()));
        }
        if (!wish.range().isEmpty()) {
            query.append("&range=").append(encode(wish.range()));
        }
        AgentSocket.Answer answer;
        try {
            answer = agent.get(query.append(how).toString(), deadline);
        } catch (IOException e) {
            deadline.check(wish.url());
            throw e;
        }
        if (answer.status() == 200) {
            return answer;
        }
        try (answer) {
            throw ProblemJson.parse(answer.status(), answer.small());
        }
    }

    /** Not a lambda: linking one takes longer than a small download. */
    private final class Share implements Supplier<long[]> {
        private final String content;

        Share(String content) {
            this.content = content;
        }

        @Override
        public long[] get() {
            return share(content);
        }
    }

    /** Bytes of this content from peers and from the origin until now; zeros if nobody knows. */
    private long[] share(String content) {
        long[] share = {0, 0};
        try (AgentSocket.Answer answer = agent.get("/v1/share?content=" + encode(content), new Deadline(SHARE_WAIT))) {
            String[] words = new String(answer.small(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", 2);
            if (answer.status() == 200 && words.length == 2) {
                share[0] = Long.parseLong(words[0]);
                share[1] = Long.parseLong(words[1]);
            }
        } catch (DarterException | IOException | NumberFormatException e) {
            // It is only a figure beside the bar.
        }
        return share;
    }

    /** Why the agent cut the answer short, if it knows; what can be wrong with what is here, goes. */
    private Optional<DarterException> problem(String request, PartFile part) throws DarterException, IOException {
        try (AgentSocket.Answer answer = agent.get("/v1/problem?request=" + request)) {
            if (answer.status() == 404
                    && !answer.headers().getOrDefault("content-type", "").contains("problem")) {
                return Optional.empty();
            }
            DarterException known = ProblemJson.parse(answer.status(), answer.small());
            if (known.tried().equals("Asking for a failure")) {
                return Optional.empty();
            }
            if (known.code() == ErrorCode.DIGEST_MISMATCH || known.code() == ErrorCode.SOURCE_LIED) {
                part.discard();
            }
            return Optional.of(known);
        }
    }

    private static DarterException ended() {
        return new DarterException(
                ErrorCode.INTERNAL,
                "Reading the agent's answer",
                "it ended before its end",
                "See the agent's log; ask again.");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
