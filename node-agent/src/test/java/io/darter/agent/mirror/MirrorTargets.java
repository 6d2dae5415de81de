package io.darter.agent.mirror;

import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What runtimes ask for, and the manifests that registries answer with. */
public final class MirrorTargets implements Targets {
    private static final String DIGEST = "sha256:" + "0a".repeat(32);

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
                                "[[[["));
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
