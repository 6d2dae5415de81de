package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.CountingOrigin;
import io.darter.demo.DemoFailure;
import io.darter.demo.GeneratedImage;
import io.darter.demo.HttpDoor;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceSizeRule;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * An appliance, a seed and a node as processes; the node is killed in the middle of pulls of layers that do not all fit
 * into its quota, starts again, and is asked for the same layer: it must come whole, and only what was not in the journal
 * may be fetched again.
 */
final class CrashAgents {
    /** Addresses of loopback that no other measurement on this machine has. */
    private static final String NETWORK = "127.61." + ProcessHandle.current().pid() % 250 + ".";

    private static final String NODE = NETWORK + "1";
    private static final String SEED = NETWORK + "250";
    private static final int LAYER_BYTES = 12 << 20;
    private static final int LAYERS = 6;
    private static final int RECORD_BYTES = 40;
    private static final int HEADER_BYTES = 95;

    private final Path folder;
    private final Random random;
    private final HttpDoor door = HttpDoor.direct();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private int injected;
    private int detected;
    private int duringPull;
    private int wrongFiles;
    private int leakedFiles;
    private int refetched;
    private int failures;

    CrashAgents(Path folder, long seed) {
        this.folder = folder;
        this.random = new Random(seed + 2);
    }

    /** @param refetched pieces that were in a journal before the kill and were fetched again */
    record Result(
            int injected, int detected, int duringPull, int wrongFiles, int leakedFiles, int refetched, int failures) {
        static final Result NONE = new Result(0, 0, 0, 0, 0, 0, 0);
    }

    Result run(int rounds) throws DemoFailure, IOException, InterruptedException {
        Files.createDirectories(folder);
        GeneratedImage image = GeneratedImage.make(
                folder.resolve("image"),
                "bench/crash",
                "1",
                random.nextInt(),
                Collections.nCopies(LAYERS, LAYER_BYTES));
        try (CountingOrigin origin = CountingOrigin.start(image);
                ApplianceProcess appliance = ApplianceProcess.start(new ApplianceProcess.Plan(
                        System.getProperty("darter.server.classpath"),
                        List.of(),
                        folder.resolve("appliance"),
                        "127.0.0.1",
                        Map.of("httpsPort", 0, "httpPort", 0, "agentPort", 0),
                        door))) {
            appliance.awaitReady();
            try (AgentProcess seed =
                    agent("the seed", SEED, appliance.createJoinToken("seed", 1), Map.of(), origin.host())) {
                seed.awaitReady();
                String token = appliance.createJoinToken("node", 1);
                for (int round = 0; round < rounds; round++) {
                    round(image, origin, token, round);
                }
            }
        }
        return new Result(injected, detected, duringPull, wrongFiles, leakedFiles, refetched, failures);
    }

    private AgentProcess agent(String name, String address, String token, Map<String, ?> settings, String registry)
            throws IOException {
        Map<String, Object> all = new java.util.HashMap<>(settings);
        all.put("registries", List.of(Map.of("host", registry, "plainHttp", true)));
        return AgentProcess.start(new AgentProcess.Plan(
                name,
                System.getProperty("darter.agent.classpath"),
                List.of(),
                folder.resolve(name.replace(' ', '-')),
                address,
                address,
                token,
                all,
                door));
    }

    private AgentProcess node(String token, String registry) throws IOException {
        return agent("the node", NODE, token, Map.of("quota", "40MiB", "downloadRate", "48MiB"), registry);
    }

    private void round(GeneratedImage image, CountingOrigin origin, String token, int round)
            throws DemoFailure, IOException, InterruptedException {
        GeneratedImage.Blob layer = image.blobs().get(1 + random.nextInt(LAYERS));
        try (AgentProcess node = node(token, origin.host())) {
            node.awaitReady();
            manifest(node, image, origin);
            long delayMillis = 20L + random.nextInt(500);
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(delayMillis);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                node.child().kill();
            });
            try {
                wrongFiles += pull(node, layer, image, origin) ? 0 : 1;
            } catch (IOException _) {
                duringPull++;
            }
            killer.join();
            node.child().awaitExit(Duration.ofSeconds(10));
            injected++;
        }
        String key = "sha256-" + layer.digest().substring("sha256:".length());
        Set<Integer> recorded = recorded(key);
        try (AgentProcess node = node(token, origin.host())) {
            node.awaitReady();
            manifest(node, image, origin);
            try {
                wrongFiles += pull(node, layer, image, origin) ? 0 : 1;
                detected++;
            } catch (IOException e) {
                failures++;
                System.err.println("crash: agent round " + round + ": the pull after the restart failed: " + e);
            }
            Set<Integer> fetched = FetchedPieces.of(node, key);
            int again =
                    Math.toIntExact(fetched.stream().filter(recorded::contains).count());
            fetched.addAll(recorded);
            if (fetched.size() != pieces(layer)) {
                failures++;
                System.err.println("crash: agent round " + round + ": " + fetched.size() + " of " + pieces(layer)
                        + " pieces are in the journal or in the trace");
            }
            refetched += again;
            int leaked = leaked();
            leakedFiles += leaked;
            if (again + leaked > 0) {
                System.err.println("crash: agent round " + round + ": " + again + " pieces fetched again, " + leaked
                        + " leaked files");
            }
        }
    }

    private static URI url(AgentProcess node, GeneratedImage image, CountingOrigin origin, String rest) {
        return URI.create(node.mirrorUrl() + "/v2/" + image.repository() + "/" + rest + "?ns=" + origin.host());
    }

    private void manifest(AgentProcess node, GeneratedImage image, CountingOrigin origin)
            throws IOException, InterruptedException {
        client.send(
                HttpRequest.newBuilder(url(node, image, origin, "manifests/" + image.tag()))
                        .header("Accept", GeneratedImage.MANIFEST_TYPE)
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }

    /** True if what came is the layer. */
    private boolean pull(AgentProcess node, GeneratedImage.Blob layer, GeneratedImage image, CountingOrigin origin)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(
                HttpRequest.newBuilder(url(node, image, origin, "blobs/" + layer.digest()))
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("the agent answered " + answer.statusCode());
            }
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                sha256.update(buffer, 0, count);
            }
            return layer.digest().equals("sha256:" + HexFormat.of().formatHex(sha256.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int pieces(GeneratedImage.Blob layer) {
        return new PieceGeometry(layer.sizeBytes(), PieceSizeRule.pieceBytes(layer.sizeBytes())).pieces();
    }

    /** The pieces that the journal of the dead process names. */
    private Set<Integer> recorded(String key) throws IOException {
        Set<Integer> pieces = new HashSet<>();
        Path journal = store().resolve(key + ".journal");
        if (Files.exists(journal)) {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(journal));
            for (int at = HEADER_BYTES; at + RECORD_BYTES <= all.limit(); at += RECORD_BYTES) {
                if (all.getInt(at) >= 0) {
                    pieces.add(all.getInt(at));
                }
            }
        }
        return pieces;
    }

    private Path store() {
        return folder.resolve("the-node/data/store");
    }

    /** Data without a journal, a journal without data, and what is neither. */
    private int leaked() throws IOException {
        Set<String> names = new HashSet<>();
        try (var files = Files.list(store())) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        int leaked = 0;
        for (String name : names) {
            String key = name.substring(0, name.lastIndexOf('.'));
            boolean whole = names.contains(key + ".journal")
                    && (names.contains(key + ".part") || names.contains(key + ".data"));
            boolean known = name.endsWith(".journal") || name.endsWith(".part") || name.endsWith(".data");
            leaked += whole && known ? 0 : 1;
        }
        return leaked;
    }
}
