package io.darter.demo;

import io.darter.demo.GeneratedImage.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pulls an image through a node's mirror the way a container runtime does: the manifest by its tag, then the blobs, at
 * most three at a time, continuing a blob where it was cut.
 */
final class ImageFetch implements Fetch {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int BLOBS_AT_ONCE = 3;
    private static final int TRIES_WITHOUT_PROGRESS = 3;
    private static final int MANIFEST_BYTES_MAX = 4 << 20;
    private static final String ACCEPT = String.join(
            ", ",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    private final ImageReference image;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    ImageFetch(ImageReference image) {
        this.image = image;
    }

    @Override
    public List<ReceivedFile> fetch(AgentProcess agent, Path folder, Meter meter)
            throws DemoFailure, IOException, InterruptedException {
        var blobs = blobs(manifest(agent));
        meter.expect(blobs.stream().mapToLong(Blob::sizeBytes).sum());
        var permits = new Semaphore(BLOBS_AT_ONCE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = blobs.stream()
                    .map(blob -> threads.submit(() -> {
                        permits.acquire();
                        try {
                            return blob(agent, blob, folder, meter);
                        } finally {
                            permits.release();
                        }
                    }))
                    .toList();
            try {
                var files = new ArrayList<ReceivedFile>();
                for (var one : running) {
                    files.add(one.get());
                }
                return files;
            } catch (ExecutionException e) {
                threads.shutdownNow();
                throw unwrapped(e);
            } catch (InterruptedException e) {
                threads.shutdownNow();
                throw e;
            }
        }
    }

    private static IOException unwrapped(ExecutionException e) throws DemoFailure, InterruptedException {
        return switch (e.getCause()) {
            case DemoFailure failure -> throw failure;
            case InterruptedException interrupted -> throw interrupted;
            case IOException io -> io;
            case null, default -> new IOException(e.getCause());
        };
    }

    /** The manifest of this platform, by way of an index if the tag names one. */
    private JsonNode manifest(AgentProcess agent) throws DemoFailure, IOException, InterruptedException {
        var json = manifest(agent, image.reference());
        if (!json.path("manifests").isArray()) {
            return json;
        }
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        for (var entry : json.path("manifests")) {
            var platform = entry.path("platform");
            if (platform.path("os").asString("").equals("linux")
                    && platform.path("architecture").asString("").equals(architecture)) {
                return manifest(agent, entry.path("digest").asString());
            }
        }
        throw new DemoFailure(
                DemoFailure.NOT_FOUND,
                "PLATFORM_NOT_FOUND",
                "Choosing the platform of " + image,
                "it has none for linux/" + architecture,
                "Choose an image for this kind of machine");
    }

    private JsonNode manifest(AgentProcess agent, String reference)
            throws DemoFailure, IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address(agent, "manifests/" + reference))
                .timeout(Duration.ofSeconds(60))
                .header("Accept", ACCEPT)
                .build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = answer.body()) {
            var bytes = body.readNBytes(MANIFEST_BYTES_MAX);
            var text = new String(bytes, StandardCharsets.UTF_8);
            if (answer.statusCode() != 200) {
                throw Refusal.of("Asking the mirror of " + agent.name() + " for " + image, answer.statusCode(), text);
            }
            if (reference.startsWith("sha256:") && !reference.equals("sha256:" + Sha256.hexOf(bytes))) {
                throw new DemoFailure(
                        DemoFailure.MISMATCH,
                        "DIGEST_MISMATCH",
                        "Checking the manifest " + reference,
                        "the mirror of " + agent.name() + " gave other bytes",
                        "Start again with --keep and look into its log");
            }
            return JSON.readTree(text);
        }
    }

    /** Configuration and layers, each digest once. */
    private static List<Blob> blobs(JsonNode manifest) {
        var byDigest = new LinkedHashMap<String, Blob>();
        var all = new ArrayList<JsonNode>();
        all.add(manifest.path("config"));
        manifest.path("layers").forEach(all::add);
        for (var one : all) {
            var digest = one.path("digest").asString();
            byDigest.put(digest, new Blob(digest, one.path("size").asLong()));
        }
        return List.copyOf(byDigest.values());
    }

    private ReceivedFile blob(AgentProcess agent, Blob blob, Path folder, Meter meter)
            throws DemoFailure, IOException, InterruptedException {
        var hex = blob.digest().substring("sha256:".length());
        var file = folder.resolve(hex);
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            var received = 0L;
            for (var fruitless = 0; received < blob.sizeBytes(); ) {
                var before = received;
                IOException cut = null;
                try (var in = open(agent, blob, received)) {
                    var chunk = new byte[1 << 17];
                    for (var n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                        out.write(chunk, 0, n);
                        received += n;
                        meter.received(n);
                    }
                } catch (InterruptedIOException e) {
                    throw e;
                } catch (IOException e) {
                    cut = e;
                }
                fruitless = received > before ? 0 : fruitless + 1;
                if (fruitless == TRIES_WITHOUT_PROGRESS) {
                    throw new IOException(
                            "the mirror of " + agent.name() + " cut blob " + blob.digest() + " at byte " + received
                                    + " of " + blob.sizeBytes() + ", several times",
                            cut);
                }
            }
        }
        return new ReceivedFile(file, hex, blob.sizeBytes());
    }

    private InputStream open(AgentProcess agent, Blob blob, long from)
            throws DemoFailure, IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(address(agent, "blobs/" + blob.digest())).timeout(Duration.ofSeconds(60));
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != (from > 0 ? 206 : 200)) {
            try (var body = answer.body()) {
                throw Refusal.of(
                        "Asking the mirror of " + agent.name() + " for blob " + blob.digest(),
                        answer.statusCode(),
                        new String(body.readNBytes(1 << 16), StandardCharsets.UTF_8));
            }
        }
        return answer.body();
    }

    private URI address(AgentProcess agent, String rest) {
        return URI.create(agent.mirrorUrl() + "/v2/" + image.repository() + "/" + rest + "?ns="
                + URLEncoder.encode(image.registry(), StandardCharsets.UTF_8));
    }
}
