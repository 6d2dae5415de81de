package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.http.Handler;
import io.darter.agent.http.RawServer;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.store.MemoryPieceStore;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTrace;
import io.darter.agent.task.TaskTraces;
import io.darter.agent.task.UnknownLength;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** What the darter command asks for, and what the origin says of a file before it is fetched. */
public final class ControlTargets implements Targets {
    private static final String DIGEST = "sha256:" + "0a".repeat(32);

    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));

    private final RawServer server = new RawServer(ControlTargets::control);

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("file-url", ControlTargets::url)
                        .refusing(DarterException.class)
                        .withExamples(
                                "https://Example.com:443/a/../b?c=d#e",
                                "http://[::1]:80/v2/a/b/blobs/" + DIGEST + "\n" + DIGEST,
                                "https://h/%2e%2e/\n" + DIGEST)
                        .withWords("https://", "http://", "/v2/", "/blobs/", DIGEST, "@", "%00", "[::1]", ":443"),
                Target.of("file-head", ControlTargets::head)
                        .refusing(DarterException.class)
                        .withExamples(
                                "200\ncontent-length: 12\netag: \"x\"\naccept-ranges: bytes",
                                "206\ncontent-range: bytes 0-0/17\nlast-modified: x",
                                "404\n")
                        .withWords("200\n", "206\n", "content-length: ", "content-range: bytes 0-0/", "etag: W/", "-1"),
                Target.of("control-request", server::send)
                        .withExamples(
                                get("/v1/get?url=https://h/file"),
                                get("/v1/get?url=https%3A%2F%2Fh%2Ffile&digest=" + DIGEST + "&range=5-9&tag=x"),
                                get("/v1/get?url=https://h/unknown&request=1"),
                                get("/v1/get?url=https://h/none&request=1") + get("/v1/problem?request=1"),
                                get("/v1/get?url=https://h/file&from=100&content=" + KEY),
                                get("/v1/get?url=https://h/file&place=1"),
                                get("/v1/status") + get("/v1/facts"),
                                get("/v1/tasks") + get("/v1/tasks/explain?id=t") + get("/v1/share?content=" + KEY),
                                post("/v1/reload"),
                                // The file that it answers with stays: the run counts what is left from here on.
                                get("/v1/probe"),
                                post("/v1/pin?key=" + KEY) + post("/v1/unpin?key=" + DIGEST))
                        .withWords(
                                "GET ",
                                "POST ",
                                "/v1/get?url=https://h/",
                                "/v1/problem?request=",
                                "/v1/tasks/explain?id=",
                                "/v1/share?content=",
                                "/v1/probe",
                                "/v1/pin?key=",
                                "&digest=",
                                "&range=",
                                "&from=",
                                "&tag=",
                                "&place=1",
                                "&request=1",
                                KEY.value(),
                                DIGEST,
                                " HTTP/1.1\r\n",
                                "\r\n\r\n",
                                "Content-Length: ")
                        .onOtherThreads()
                        // A connection's buffers and the virtual thread of each of its requests.
                        .mayAllocate(4 << 20));
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String post(String path) {
        return "POST " + path + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    }

    private static Handler control() {
        OriginClient origin = new SmallOrigin();
        MemoryPieceStore store = new MemoryPieceStore();
        store.open(KEY, new PieceGeometry(1000, 1000));
        AgentStatus status =
                new AgentStatus("1", "n1", "node-one", "c", "node", true, "passed", 1, 2, 3, 4, 5, 6, 7, List.of());
        AgentFacts facts = new AgentFacts("1", false, false, "", 0, 0, "off", 1, 2, 3, "m", "h", "");
        return new ControlHandler(
                ZeroTask::new,
                new NoTraces(),
                new UnknownLength(origin),
                store,
                origin,
                new NoDesk(),
                new FilteredQuery(List.of("x")),
                () -> status,
                () -> facts,
                () -> "read",
                Path.of(System.getProperty("java.io.tmpdir"), "darter-fuzz-handouts"));
    }

    /** Files of a thousand bytes, one that is not there, and one of which it does not know the length. */
    private static final class SmallOrigin implements OriginClient {
        @Override
        public PieceBody fetch(ContentSource source, long from, long to) {
            ByteBuffer left = ByteBuffer.allocate(10);
            return new PieceBody() {
                @Override
                public int read(ByteBuffer target) {
                    int count = Math.min(left.remaining(), target.remaining());
                    target.put(left.slice().limit(count));
                    left.position(left.position() + count);
                    return count == 0 ? -1 : count;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public MetaResponse meta(
                String method, URI url, String registry, String repository, Map<String, String> headers) {
            if (url.getPath().contains("none")) {
                return new MetaResponse(404, Map.of(), new byte[0]);
            }
            if (url.getPath().contains("unknown")) {
                return new MetaResponse(200, Map.of(), new byte[10]);
            }
            return new MetaResponse(
                    200, Map.of("content-length", "1000", "etag", "\"x\"", "accept-ranges", "bytes"), new byte[0]);
        }

        @Override
        public Counters counters() {
            return new Counters(0, 0, 0);
        }
    }

    private record ZeroTask(ContentSource source, String task, boolean live) implements ContentTask {
        @Override
        public ContentKey key() {
            return source.key();
        }

        @Override
        public long sizeBytes() {
            return source.sizeBytes();
        }

        @Override
        public void copyTo(ByteSink sink, long from, long to)
                throws DarterException, IOException, InterruptedException {
            if (from > to || to > 1000) {
                throw new AssertionError("bytes " + from + " to " + to);
            }
            sink.write(ByteBuffer.allocate((int) (to - from)));
        }
    }

    private record NoTraces() implements TaskTraces {
        @Override
        public List<ContentTrace> traces() {
            return List.of();
        }

        @Override
        public List<ContentTrace> explain(String id) {
            return List.of();
        }
    }

    private static void url(byte[] input) throws DarterException {
        String[] parts = text(input).split("\n", 2);
        FileUrl file = FileUrl.parse(parts[0], parts.length == 1 ? "" : parts[1]);
        // What all nodes agree on must be the same when it is read again.
        if (!FileUrl.parse(file.url().toString(), file.digest()).equals(file)) {
            throw new AssertionError("not canonical: " + file.url());
        }
    }

    private static void head(byte[] input) throws DarterException, InterruptedException {
        String[] lines = text(input).split("\n", 20);
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        int status = lines[0].matches("[0-9]{3}") ? Integer.parseInt(lines[0]) : 200;
        FileUrl file = new FileUrl(URI.create("https://example.com/file"), "", "", "");
        new FileResolver(
                        new OneAnswer(new MetaResponse(status, headers, new byte[0])),
                        new NoDesk(),
                        new FilteredQuery(List.of()),
                        key -> OptionalLong.empty())
                .resolve(file, "");
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    /** Everybody asks the origin. */
    private record NoDesk() implements MetaDesk {
        @Override
        public MetaResponse get(String name, Duration fresh, Fetch fetch) throws DarterException, InterruptedException {
            return fetch.fetch();
        }

        @Override
        public void announce(String task, String manifestDigest, List<ContentSource> contents) {}
    }
}
