package io.darter.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Has every delivered file hashed again by a separate process, which knows nothing of how the files came to be. */
final class Verification {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private Verification() {}

    /** @throws DemoFailure with the exit code of a digest mismatch, naming the files */
    static void run(Path folder, List<Fetch.ReceivedFile> files) throws DemoFailure, IOException, InterruptedException {
        var list = folder.resolve("expected.txt");
        Files.write(
                list,
                files.stream()
                        .map(file -> file.sha256() + " " + file.sizeBytes() + " " + file.path())
                        .toList());
        var command = JavaCommand.of(
                List.of(), List.of("-Xmx64m", "-XX:+UseSerialGC"), VerifyFiles.class.getName(), list.toString());
        try (var child = Child.start(
                "the verification",
                command,
                JavaCommand.environment(System.getProperty("java.class.path")),
                folder.resolve("verification.log"))) {
            if (!child.awaitExit(PATIENCE)) {
                throw new DemoFailure(
                        DemoFailure.TIMEOUT,
                        "TIMEOUT",
                        "Hashing the delivered files again",
                        "it was not done after " + PATIENCE.toMinutes() + " minutes",
                        "Look whether the disk is overloaded");
            }
            if (child.exitCode() != 0) {
                throw new DemoFailure(
                        DemoFailure.MISMATCH,
                        "DIGEST_MISMATCH",
                        "Hashing the delivered files again",
                        "not all of them are right\n" + child.lastLines(20) + "\n ",
                        "This must never happen: keep the logs and report it");
            }
        }
    }

    /** The files of a URL have no digest in their name: the origin's own bytes, read once more, tell it. */
    static List<Fetch.ReceivedFile> withDigestOfOrigin(String url, List<Fetch.ReceivedFile> files)
            throws DemoFailure, IOException, InterruptedException {
        var hex = hashOf(url);
        var result = new ArrayList<Fetch.ReceivedFile>();
        for (var file : files) {
            result.add(new Fetch.ReceivedFile(file.path(), hex, file.sizeBytes()));
        }
        return result;
    }

    private static String hashOf(String url) throws DemoFailure, IOException, InterruptedException {
        try (var client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(10))
                .build()) {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofMinutes(10))
                    .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw Refusal.of("Reading " + url + " once more to compare", answer.statusCode(), "");
                }
                return Sha256.hexOf(body);
            }
        }
    }
}
