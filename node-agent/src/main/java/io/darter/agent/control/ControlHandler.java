package io.darter.agent.control;

import io.darter.agent.control.FileResolver.Resolved;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.ExchangeSink;
import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.http.Problems;
import io.darter.agent.json.Json;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.store.PieceStore;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTasks;
import io.darter.agent.task.ContentTrace;
import io.darter.agent.task.TaskRegistry;
import io.darter.agent.task.TaskTraces;
import io.darter.agent.task.UnknownLength;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the darter command asks: {@code /v1/get}, {@code /v1/probe}, {@code /v1/problem}, {@code /v1/status}, {@code /v1/tasks}, {@code
 * /v1/tasks/explain}, and {@code POST} of {@code /v1/reload}, {@code /v1/pin} and {@code /v1/unpin}.
 */
public final class ControlHandler implements Handler {
    /** Below it, naming a file takes longer than sending it. */
    private static final long PLACED_BYTES_MIN = 1 << 20;

    private final ContentTasks tasks;
    private final TaskTraces traces;
    private final PieceStore store;
    private final FileResolver resolver;
    private final UnknownLength unknownLength;
    private final Supplier<AgentStatus> status;
    private final Supplier<AgentFacts> facts;
    private final Reload reload;
    private final Handouts handouts;
    private final FailedRequests failures = new FailedRequests();

    /** Has the configuration read again; says in words what applies now. */
    public interface Reload {
        String reload() throws DarterException;
    }

    /** @param handouts a folder on the file system of the store, for this alone */
    public ControlHandler(
            TaskRegistry tasks,
            PieceStore store,
            OriginClient origin,
            MetaDesk desk,
            FilteredQuery filter,
            Supplier<AgentStatus> status,
            Supplier<AgentFacts> facts,
            Reload reload,
            Path handouts) {
        this(tasks, tasks, tasks.unknownLength(), store, origin, desk, filter, status, facts, reload, handouts);
    }

    ControlHandler(
            ContentTasks tasks,
            TaskTraces traces,
            UnknownLength unknownLength,
            PieceStore store,
            OriginClient origin,
            MetaDesk desk,
            FilteredQuery filter,
            Supplier<AgentStatus> status,
            Supplier<AgentFacts> facts,
            Reload reload,
            Path handouts) {
        this.tasks = tasks;
        this.traces = traces;
        this.store = store;
        this.resolver = new FileResolver(origin, desk, filter, tasks::publicBytes);
        this.unknownLength = unknownLength;
        this.status = status;
        this.facts = facts;
        this.reload = reload;
        this.handouts = new Handouts(handouts);
    }

    /** Takes away what an agent that was killed had handed out. */
    public void start() throws IOException {
        handouts.clear();
    }

    @Override
    public void handle(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        switch (exchange.path()) {
            case "/v1/get" -> get(exchange);
            case "/v1/problem" -> problem(exchange);
            case "/v1/status" -> json(exchange, status.get());
            case "/v1/facts" -> json(exchange, facts.get());
            case "/v1/reload" -> reload(exchange);
            case "/v1/probe" -> probe(exchange);
            case "/v1/pin" -> pin(exchange, true);
            case "/v1/unpin" -> pin(exchange, false);
            case "/v1/share" -> share(exchange);
            case "/v1/tasks" -> json(exchange, traces.traces());
            case "/v1/tasks/explain" -> explain(exchange);
            default -> throw usage(exchange, "there is no such path");
        }
    }

    private void explain(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        // Tasks are named without signatures: whoever asks by the URL as it was given means them too.
        String id = resolver.unsigned(exchange.query("id").orElseThrow(() -> usage(exchange, "id is missing")));
        List<ContentTrace> found = traces.explain(id);
        List<String> meant = found.stream().map(ContentTrace::task).distinct().toList();
        if (found.isEmpty()) {
            throw new DarterException(
                    ErrorCode.CONTENT_NOT_FOUND,
                    "Explaining " + id,
                    "no task on this node, running or ended lately, has this name or key",
                    "darter tasks lists them.");
        }
        if (meant.size() > 1 && found.stream().noneMatch(trace -> trace.task().equals(id))) {
            throw new DarterException(
                    ErrorCode.USAGE,
                    "Explaining " + id,
                    "it is the beginning of " + meant.size() + " tasks, " + meant.get(0) + " and " + meant.get(1)
                            + " among them",
                    "Give more of the name.");
        }
        json(exchange, found);
    }

    private void reload(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        if (!exchange.method().equals("POST")) {
            throw usage(exchange, "only POST is answered");
        }
        text(exchange, reload.reload());
    }

    private void probe(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        String probe;
        try {
            probe = handouts.probe().toString();
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.DISK_ERROR,
                    "Making a file to try links with",
                    String.valueOf(e.getMessage()),
                    "Look at the folder hand in the agent's dataDir: it is for the agent alone.",
                    e);
        }
        text(exchange, probe);
    }

    private static void text(HttpExchange exchange, String line) throws IOException, InterruptedException {
        byte[] words = (line + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.respond(200, Map.of("Content-Type", "text/plain; charset=utf-8"), words);
    }

    /** Bytes of a content from peers and from the origin until now, as two numbers. */
    private void share(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        List<ContentTrace> found = traces.explain(exchange.query("content").orElse(""));
        long peers = found.stream().mapToLong(ContentTrace::peerBytes).sum();
        long origin = found.stream().mapToLong(ContentTrace::originBytes).sum();
        exchange.respond(
                200,
                Map.of("Content-Type", "text/plain"),
                (peers + " " + origin + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void json(HttpExchange exchange, Object value) throws IOException, InterruptedException {
        exchange.respond(
                200,
                Map.of("Content-Type", "application/json"),
                Json.write(value).getBytes(StandardCharsets.UTF_8));
    }

    private void get(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        if (!exchange.method().equals("GET")) {
            throw usage(exchange, "only GET is answered");
        }
        FileUrl file = FileUrl.parse(
                exchange.query("url").orElseThrow(() -> usage(exchange, "url is missing")),
                exchange.query("digest").orElse(""));
        try {
            Resolved resolved = resolver.resolve(file, exchange.query("tag").orElse(""));
            if (resolved.source().sizeBytes() < 0) {
                if (exchange.query("range").isPresent()) {
                    throw usage(exchange, "the origin does not say how long the content is: it has no ranges");
                }
                // As it comes: the head goes with the first bytes, so that what goes wrong before can be said in words.
                unknownLength.copy(resolved.source(), resolved.task(), new ExchangeSink(exchange, () -> {
                    if (!exchange.started()) {
                        exchange.start(
                                200, Map.of("Content-Type", "application/octet-stream"), HttpExchange.UNKNOWN_LENGTH);
                    }
                }));
            } else {
                send(resolved, exchange);
            }
        } catch (DarterException e) {
            if (exchange.started()) {
                exchange.query("request").ifPresent(request -> failures.put(request, e));
            }
            throw e;
        }
    }

    private void send(Resolved resolved, HttpExchange exchange)
            throws DarterException, IOException, InterruptedException {
        ContentSource source = resolved.source();
        if (!resolved.lasting()) {
            forgetFinished(source);
        }
        String content = resolved.lasting() ? source.key().value() : "";
        WantedPart part = WantedPart.of(exchange, content, source.sizeBytes());
        ContentTask task = tasks.startOrJoin(source, resolved.task(), true, part.from());
        Map<String, String> headers = Map.of(
                "Content-Type",
                "application/octet-stream",
                "Darter-Content",
                content,
                "Darter-From",
                Long.toString(part.skipped()));
        // Begins with the first byte, so that what goes wrong before can be said in words.
        ExchangeSink.Begin begin = () -> {
            if (!exchange.started()) {
                exchange.start(200, headers, part.to() - part.from());
            }
        };
        ExchangeSink bytes = new ExchangeSink(exchange, begin);
        String place = exchange.query("place").orElse("");
        boolean whole = part.to() - part.from() == task.sizeBytes();
        if (exchange.query("from").isPresent()) {
            // Something went wrong before; bytes that pass through here are looked at, those of a file are not.
            task.copyTo(piece -> bytes.write(piece), part.from(), part.to());
            begin.begin();
        } else if (place.isEmpty() || !whole || !resolved.lasting() || task.sizeBytes() < PLACED_BYTES_MIN) {
            task.copyTo(bytes, part.from(), part.to());
            begin.begin();
        } else {
            try (PlacingSink placing = new PlacingSink(exchange, task, store, handouts, place.equals("link"), bytes)) {
                task.copyTo(placing, part.from(), part.to());
                placing.finish();
            }
        }
        if (!resolved.lasting()) {
            forgetFinished(source);
        }
    }

    private void pin(HttpExchange exchange, boolean pinned) throws DarterException, IOException, InterruptedException {
        if (!exchange.method().equals("POST")) {
            throw usage(exchange, "only POST is answered");
        }
        String text = exchange.query("key").orElse("").replace("sha256:", "sha256-");
        if (!text.matches("sha256-[0-9a-f]{64}")) {
            throw usage(exchange, "key is not of the form sha256-<64 lower-case hex digits>");
        }
        ContentKey key = new ContentKey(text);
        if (!pinned) {
            store.unpin(key);
        } else if (store.find(key).isPresent()) {
            store.pin(key);
        } else {
            throw new DarterException(
                    ErrorCode.CONTENT_NOT_FOUND,
                    "Pinning " + key,
                    "it is not in the store of this node",
                    "Get it first; darter get --json tells its key.");
        }
        String answer = Json.write(Map.of("key", key.value(), "pinned", pinned));
        exchange.respond(200, Map.of("Content-Type", "application/json"), answer.getBytes(StandardCharsets.UTF_8));
    }

    /** Nothing proves that the URL still is what it was: the next who asks gets what it is then. */
    private void forgetFinished(ContentSource source) throws IOException {
        if (store.find(source.key()).filter(content -> content.committed()).isPresent()) {
            store.remove(source.key());
        }
    }

    private void problem(HttpExchange exchange) throws IOException, InterruptedException {
        Optional<DarterException> failure = exchange.query("request").flatMap(failures::take);
        if (failure.isEmpty()) {
            exchange.problem(404, "CONTENT_NOT_FOUND", "Asking for a failure", "none is known", "See the agent's log.");
            return;
        }
        // The status of the failure itself, as if it had come before the first byte.
        int code = Problems.status(failure.get().code());
        exchange.respond(code, Map.of("Content-Type", Problems.CONTENT_TYPE), Problems.body(code, failure.get()));
    }

    private static DarterException usage(HttpExchange exchange, String happened) {
        return new DarterException(
                ErrorCode.USAGE,
                exchange.method() + " " + exchange.path(),
                happened,
                "Use the darter command of the same version as the agent.");
    }
}
