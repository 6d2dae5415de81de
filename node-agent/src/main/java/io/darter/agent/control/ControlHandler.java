package io.darter.agent.control;

import io.darter.agent.control.FileResolver.Resolved;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.ExchangeSink;
import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.http.Problems;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.store.PieceStore;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTasks;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the darter command asks: {@code /v1/get}, {@code /v1/problem}, {@code /v1/status}, and {@code POST} of {@code /v1/pin} and
 * {@code /v1/unpin}.
 */
public final class ControlHandler implements Handler {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Below it, naming a file takes longer than sending it. */
    private static final long PLACED_BYTES_MIN = 1 << 20;

    private final ContentTasks tasks;
    private final PieceStore store;
    private final FileResolver resolver;
    private final UnknownLength unknownLength;
    private final Supplier<AgentStatus> status;
    private final Handouts handouts;
    private final FailedRequests failures = new FailedRequests();

    /** @param handouts a folder on the file system of the store, for this alone */
    public ControlHandler(
            ContentTasks tasks,
            PieceStore store,
            OriginClient origin,
            MetaDesk desk,
            Supplier<AgentStatus> status,
            Path handouts) {
        this.tasks = tasks;
        this.store = store;
        this.resolver = new FileResolver(origin, desk);
        this.unknownLength = new UnknownLength(origin);
        this.status = status;
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
            case "/v1/pin" -> pin(exchange, true);
            case "/v1/unpin" -> pin(exchange, false);
            case "/v1/status" ->
                exchange.respond(
                        200,
                        Map.of("Content-Type", "application/json"),
                        JSON.writeValueAsString(status.get()).getBytes(StandardCharsets.UTF_8));
            default -> throw usage(exchange, "there is no such path");
        }
    }

    private void get(HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        if (!exchange.method().equals("GET")) {
            throw usage(exchange, "only GET is answered");
        }
        FileUrl file = FileUrl.parse(
                exchange.query("url").orElseThrow(() -> usage(exchange, "url is missing")),
                exchange.query("digest").orElse(""));
        try {
            Resolved resolved = resolver.resolve(file);
            if (resolved.source().sizeBytes() < 0) {
                unknownLength.send(resolved.source(), exchange);
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
        ContentTask task = tasks.startOrJoin(source, source.url().toString(), true);
        long from = from(exchange, task);
        // Begins with the first byte, so that what goes wrong before can be said in words.
        ExchangeSink.Begin begin = () -> {
            if (!exchange.started()) {
                exchange.start(
                        200,
                        Map.of(
                                "Content-Type",
                                "application/octet-stream",
                                "Darter-Key",
                                task.key().value()),
                        task.sizeBytes() - from);
            }
        };
        ExchangeSink bytes = new ExchangeSink(exchange, begin);
        String place = exchange.query("place").orElse("");
        if (from > 0) {
            // Something went wrong before; bytes that pass through here are looked at, those of a file are not.
            task.copyTo(part -> bytes.write(part), from, task.sizeBytes());
            begin.begin();
        } else if (place.isEmpty() || !resolved.lasting() || task.sizeBytes() < PLACED_BYTES_MIN) {
            task.copyTo(bytes, 0, task.sizeBytes());
            begin.begin();
        } else {
            try (PlacingSink placing = new PlacingSink(exchange, task, store, handouts, place.equals("link"), bytes)) {
                task.copyTo(placing, 0, task.sizeBytes());
                placing.finish();
            }
        }
        if (!resolved.lasting()) {
            forgetFinished(source);
        }
    }

    /** The caller has the bytes before it already, of the content that it names. */
    private static long from(HttpExchange exchange, ContentTask task) throws DarterException {
        String from = exchange.query("from").orElse("0");
        if (from.equals("0")) {
            return 0;
        }
        if (!from.matches("\\d{1,18}") || Long.parseLong(from) > task.sizeBytes()) {
            throw usage(exchange, "from is not a place in the content");
        }
        if (!exchange.query("key").orElse("").equals(task.key().value())) {
            throw new DarterException(
                    ErrorCode.ORIGIN_CHANGED,
                    exchange.method() + " " + exchange.path(),
                    "the URL leads to another content by now",
                    "Ask again: the new content is fetched from its start.");
        }
        return Long.parseLong(from);
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
        String answer = JSON.writeValueAsString(Map.of("key", key.value(), "pinned", pinned));
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
