package io.darter.agent.mirror;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.Handler;
import io.darter.agent.http.RawServer;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.origin.Registries;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.task.ContentSource;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTasks;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runtimes ask for, and the manifests that registries answer with. */
public final class MirrorTargets implements Targets {
    private static final String DIGEST = "sha256:" + "0a".repeat(32);

    private static final String BROKEN = "sha256:" + "0b".repeat(32);
    private static final String MANIFEST = "{\"config\":{\"digest\":\"" + BROKEN
            + "\",\"size\":1000},\"layers\":[{\"digest\":\"" + DIGEST + "\",\"size\":1000}]}";

    private final RawServer server = new RawServer(MirrorTargets::mirror);

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("mirror-path", MirrorTargets::path)
                        .withExamples(
                                "/v2/library/nginx/manifests/1.27\ndocker.io",
                                "/v2/localhost:5000/a/b/blobs/" + DIGEST,
                                "/v2/a_b/c.d/referrers/" + DIGEST + "\n[::1]:5000",
                                "/v2/a/tags/list")
                        .withWords(
                                "/v2/",
                                "/manifests/",
                                "/blobs/",
                                "/referrers/",
                                "/tags/list",
                                "%2F",
                                "%",
                                "..",
                                DIGEST),
                Target.of("byte-range", MirrorTargets::range)
                        .refusing(ByteRange.Unsatisfiable.class)
                        .withExamples("bytes=0-99", "bytes=-5", "bytes = 999999999999999999 - ", "bytes=5-4,7-8")
                        .withWords("bytes=", "999999999999999999"),
                Target.of("manifest", MirrorTargets::manifest)
                        .withExamples(
                                "{\"config\":{\"digest\":\"" + DIGEST + "\",\"size\":2},\"layers\":[{\"digest\":\""
                                        + DIGEST + "\",\"size\":9,\"urls\":[]}]}",
                                "{\"manifests\":[{\"digest\":\"" + DIGEST + "\"}]}")
                        .withWords(
                                "\"layers\":[",
                                "\"manifests\":[",
                                "\"digest\":",
                                "\"size\":",
                                "\"urls\":",
                                DIGEST,
                                "[[[["),
                Target.of("mirror-request", server::send)
                        .withExamples(
                                "GET /v2/ HTTP/1.1\r\n\r\n",
                                "GET /v2/a/b/manifests/one?ns=r.example HTTP/1.1\r\nHost: m\r\nAccept: */*\r\n\r\n"
                                        + "GET /v2/a/b/blobs/" + DIGEST
                                        + "?ns=r.example HTTP/1.1\r\nRange: bytes=5-9\r\n\r\n",
                                "HEAD /v2/r.example/a/manifests/" + DIGEST + " HTTP/1.1\r\n\r\n"
                                        + "GET /v2/r.example/a/manifests/"
                                        + Upstream.digest(MANIFEST.getBytes(StandardCharsets.UTF_8))
                                        + " HTTP/1.1\r\n\r\n",
                                "GET /v2/a/blobs/" + DIGEST + " HTTP/1.0\r\n\r\n",
                                "GET /v2/a/blobs/" + BROKEN + " HTTP/1.1\r\n\r\nGET /v2/a/blobs/" + BROKEN
                                        + " HTTP/1.1\r\n\r\n",
                                "GET /v2/a/tags/list?n=5&last=%41&ns=r.example:5000 HTTP/1.1\r\n\r\n",
                                "GET /v2/a/none/manifests/x?ns=%72.example HTTP/1.1\r\n\r\n",
                                "GET /v2/a/manifests/one?ns=r.%xample HTTP/1.1\r\n\r\n", // a finding
                                "PUT http://h/v2/a/manifests/one HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
                        .withWords(
                                "GET /v2/",
                                "HEAD /v2/",
                                "/manifests/",
                                "/blobs/",
                                "/referrers/",
                                "/tags/list",
                                "?ns=",
                                "r.example",
                                DIGEST,
                                BROKEN,
                                "%2F",
                                " HTTP/1.1\r\n",
                                "\r\n\r\n",
                                "Accept: ",
                                "Range: bytes=",
                                "Transfer-Encoding: chunked\r\n",
                                "Content-Length: ",
                                "Connection: close\r\n")
                        .onOtherThreads()
                        // A connection's buffers and the virtual thread of each of its requests.
                        .mayAllocate(4 << 20));
    }

    private static Handler mirror() {
        MetaDesk desk = new MetaDesk() {
            @Override
            public MetaResponse get(String name, Duration fresh, Fetch fetch)
                    throws DarterException, InterruptedException {
                return fetch.fetch();
            }

            @Override
            public void announce(String task, String manifestDigest, List<ContentSource> contents) {}
        };
        return new RegistryMirror(
                new Registries(List.of()), new SmallRegistry(), desk, new SmallTasks(), InstantSource.system());
    }

    /** Has one image of one blob under every name without "none" in it. */
    private static final class SmallRegistry implements OriginClient {
        @Override
        public PieceBody fetch(ContentSource source, long from, long to) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MetaResponse meta(
                String method, URI url, String registry, String repository, Map<String, String> headers) {
            if (url.getPath().contains("none")) {
                return new MetaResponse(404, Map.of(), new byte[0]);
            }
            if (url.getPath().contains("/blobs/")) {
                return new MetaResponse(200, Map.of("content-length", "1000"), new byte[0]);
            }
            return new MetaResponse(200, Map.of("link", "<x>"), MANIFEST.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Counters counters() {
            return new Counters(0, 0, 0);
        }
    }

    /** A thousand bytes of each content, and half of those of one. */
    private record SmallTasks() implements ContentTasks {
        @Override
        public ContentTask startOrJoin(ContentSource source, String task, boolean live) {
            return new ContentTask() {
                @Override
                public ContentKey key() {
                    return source.key();
                }

                @Override
                public long sizeBytes() {
                    return 1000;
                }

                @Override
                public void copyTo(ByteSink sink, long from, long to)
                        throws DarterException, IOException, InterruptedException {
                    boolean whole = !source.digest().equals(BROKEN);
                    sink.write(ByteBuffer.allocate((int) Math.min(to - from, whole ? 1000 : 500)));
                    if (!whole) {
                        throw new DarterException(ErrorCode.NO_SOURCE, "Fetching", "all are gone", "Wait.");
                    }
                }
            };
        }
    }

    private static void path(byte[] input) {
        String[] parts = text(input).split("\n", 2);
        MirrorPath.parse(parts[0], parts.length == 1 ? Optional.empty() : Optional.of(parts[1]))
                .ifPresent(path -> {
                    if (path instanceof MirrorPath.Blob(MirrorPath.Repository repository, String _)
                            && (repository.name().contains("..")
                                    || repository.registry().contains("/"))) {
                        throw new AssertionError("a path that leaves its repository: " + repository);
                    }
                });
    }

    private static void range(byte[] input) throws ByteRange.Unsatisfiable {
        for (long size : new long[] {0, 1, 100, Long.MAX_VALUE}) {
            ByteRange range = ByteRange.of(Optional.of(text(input)), size);
            if (range.from() < 0 || range.from() > range.to() || range.to() > size) {
                throw new AssertionError("not a range of " + size + " bytes: " + range);
            }
            range.contentRange();
        }
    }

    private static void manifest(byte[] input) {
        ImageManifest.parse(input);
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
