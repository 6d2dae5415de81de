package io.darter.agent.peer;

import io.darter.agent.http.Handler;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /v1/content/{key}/pieces/{n}} and {@code .../pieces/{from}-{to}}; and for nodes that go on among themselves
 * {@code .../have} and {@code .../digests/{from}-{to}}.
 */
final class PieceHandler implements Handler {
    private static final Pattern PATH =
            Pattern.compile("/v1/content/(sha256-[0-9a-f]{64})/(?:(have)|(pieces|digests)/(\\d{1,9})(?:-(\\d{1,9}))?)");
    private static final int DIGESTS_MAX = 1024;
    private static final String OCTETS = "application/octet-stream";

    private final PeerServer.Shelf shelf;
    private final PeerGate gate;
    private final LongConsumer served;
    private final PeerTurns turns = new PeerTurns();

    /** @param served is told the bytes of each chunk handed over */
    PieceHandler(PeerServer.Shelf shelf, PeerGate gate, LongConsumer served) {
        this.shelf = shelf;
        this.gate = gate;
        this.served = served;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException, InterruptedException {
        String tried = exchange.method() + " " + exchange.path();
        Matcher path = PATH.matcher(exchange.path());
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            exchange.problem(405, "USAGE", tried, "peers only read", "Use GET.");
            return;
        }
        if (!path.matches()) {
            exchange.problem(404, "USAGE", tried, "there is no such path", "Ask for pieces of a content.");
            return;
        }
        ContentKey key = new ContentKey(path.group(1));
        Optional<String> refusal = gate.refusal(exchange, key);
        if (refusal.isPresent()) {
            String advice = "Ask the scheduler for a new lease; check both clocks.";
            exchange.problem(403, "CERTIFICATE_REFUSED", tried, refusal.get(), advice);
            return;
        }
        Optional<StoredContent> content = shelf.store().find(key);
        if (content.isEmpty()) {
            exchange.problem(404, "CONTENT_NOT_FOUND", tried, "the content is not here", "Ask another node.");
        } else if (path.group(2) != null) {
            have(exchange, content.get());
        } else {
            int from = Integer.parseInt(path.group(4));
            int to = path.group(5) == null ? from : Integer.parseInt(path.group(5));
            if (path.group(3).equals("digests")) {
                digests(exchange, tried, content.get(), from, to);
                return;
            }
            try (PeerTurns.Turn turn = turns.take(gate.child(exchange).orElseThrow())) {
                assert turn != null;
                pieces(exchange, tried, content.get(), from, to);
            }
        }
    }

    private void pieces(HttpExchange exchange, String tried, StoredContent content, int from, int to)
            throws IOException, InterruptedException {
        if (!holds(content, from, to)) {
            exchange.problem(404, "CONTENT_NOT_FOUND", tried, "not all of these pieces are here", "Ask another node.");
            return;
        }
        PieceGeometry geometry = content.geometry();
        long bytes = geometry.bytes(new PieceRun(from, to - from + 1));
        exchange.start(200, Map.of("Content-Type", OCTETS), bytes);
        for (int piece = from; piece <= to; piece++) {
            exchange.writeFile(content.file(), geometry.offset(piece), geometry.length(piece));
            served.accept(exchange.method().equals("HEAD") ? 0 : geometry.length(piece));
        }
    }

    private static boolean holds(StoredContent content, int from, int to) {
        if (to < from || to >= content.geometry().pieces()) {
            return false;
        }
        for (int piece = from; piece <= to; piece++) {
            if (!content.has(piece)) {
                return false;
            }
        }
        return true;
    }

    private void have(HttpExchange exchange, StoredContent content) throws IOException, InterruptedException {
        Map<String, String> headers =
                HeldPieces.headers(content, shelf.fetching().apply(content.key()));
        exchange.respond(200, headers, content.verified().toBytes());
    }

    private static void digests(HttpExchange exchange, String tried, StoredContent content, int from, int to)
            throws IOException, InterruptedException {
        if (to - from >= DIGESTS_MAX || !holds(content, from, to)) {
            exchange.problem(404, "CONTENT_NOT_FOUND", tried, "not all of these pieces are here", "Ask another node.");
            return;
        }
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        for (int piece = from; piece <= to; piece++) {
            digests.writeBytes(content.pieceDigest(piece));
        }
        exchange.respond(200, Map.of("Content-Type", OCTETS), digests.toByteArray());
    }
}
