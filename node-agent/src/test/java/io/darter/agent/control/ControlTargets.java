package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.schedulerlink.MetaDesk;
import io.darter.agent.task.ContentSource;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the darter command asks for, and what the origin says of a file before it is fetched. */
public final class ControlTargets implements Targets {
    private static final String DIGEST = "sha256:" + "0a".repeat(32);

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
                        .withWords(
                                "200\n", "206\n", "content-length: ", "content-range: bytes 0-0/", "etag: W/", "-1"));
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
                        new FilteredQuery(List.of()))
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
