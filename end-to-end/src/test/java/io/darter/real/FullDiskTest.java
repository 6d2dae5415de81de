package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.CountingOrigin;
import io.darter.demo.GeneratedImage;
import io.darter.demo.HttpDoor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes that have not the room for what they are asked for: one whose disk is a tmpfs of 24 MiB, and one with a quota of
 * 20 MiB. Every pull succeeds, and neither ever takes more than it may.
 */
@Tag("real")
@Timeout(240)
class FullDiskTest {
    private static final long DISK_BYTES = 24 << 20;
    private static final long QUOTA_BYTES = 20 << 20;
    /** Of the largest layer. */
    private static final long PIECE_BYTES = 1 << 20;

    private static final String NETWORK = "127.62." + ProcessHandle.current().pid() % 250 + ".";

    @TempDir
    Path folder;

    private final HttpDoor door = HttpDoor.direct();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void noPullFailsWhenTheDiskIsFullOrAContentIsLargerThanTheQuota() throws Exception {
        RealParts.require("unshare", "mount", "du");
        // The larger ones fit neither the disk nor the quota.
        var image = GeneratedImage.make(
                folder.resolve("image"), "lab/full", "1", 9, List.of(8 << 20, 8 << 20, 8 << 20, 40 << 20, 6 << 20));
        try (var origin = CountingOrigin.start(image);
                var appliance = ApplianceProcess.start(new ApplianceProcess.Plan(
                        ClassPaths.server(),
                        List.of(),
                        folder.resolve("appliance"),
                        "127.0.0.1",
                        Map.of("httpsPort", 0, "httpPort", 0, "agentPort", 0),
                        door))) {
            appliance.awaitReady();
            var token = appliance.createJoinToken("node", 2);
            var data = Files.createDirectories(folder.resolve("full/data"));
            var small = "mount -t tmpfs -o size=" + DISK_BYTES + " tmpfs '" + data + "' && exec \"$0\" \"$@\"";
            try (var full = agent(
                            "full", 1, token, List.of("unshare", "--mount", "sh", "-c", small), Map.of(), origin);
                    var tight = agent("tight", 2, token, List.of(), Map.of("quota", "20MiB"), origin)) {
                full.awaitReady();
                tight.awaitReady();
                // The disk that the process sees, from outside of its mounts.
                var fullStore =
                        Path.of("/proc/" + full.child().pid() + "/root" + data).resolve("store");
                try (var watchFull = new Watch(fullStore);
                        var watchTight = new Watch(folder.resolve("tight/data/store"))) {
                    pullAll(List.of(full, tight), image, origin);
                    fill(fullStore.resolveSibling("filler"));
                    pullAll(List.of(full, tight), image, origin);
                    System.out.printf(
                            "MEASURED full disk: a disk of %d bytes held %d at most, a quota of %d bytes %d at most;"
                                    + " passed through without being stored: %d and %d contents%n",
                            DISK_BYTES,
                            watchFull.mostBytes(),
                            QUOTA_BYTES,
                            watchTight.mostBytes(),
                            passedThrough(full),
                            passedThrough(tight));
                    assertTrue(watchTight.mostBytes() <= QUOTA_BYTES + PIECE_BYTES, "over the quota");
                    assertTrue(watchTight.mostBytes() >= QUOTA_BYTES / 2, "the quota was not even used");
                    assertTrue(watchFull.mostBytes() <= DISK_BYTES, "more than the disk");
                }
                assertTrue(passedThrough(full) >= 2 && passedThrough(tight) >= 2, "nothing had to pass through");
            }
        }
    }

    /** Every layer on every node, all at the same time. */
    private void pullAll(List<AgentProcess> agents, GeneratedImage image, CountingOrigin origin) throws Exception {
        var pulls = new ArrayList<Callable<Void>>();
        for (var agent : agents) {
            get(agent, image, origin, "manifests/" + image.tag());
            for (var blob : image.blobs()) {
                pulls.add(() -> {
                    assertEquals(blob.digest(), get(agent, image, origin, "blobs/" + blob.digest()), agent.name());
                    return null;
                });
            }
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var pull : threads.invokeAll(pulls)) {
                pull.get();
            }
        }
    }

    /** The digest of what came. */
    private String get(AgentProcess agent, GeneratedImage image, CountingOrigin origin, String rest) throws Exception {
        var url = agent.mirrorUrl() + "/v2/" + image.repository() + "/" + rest + "?ns=" + origin.host();
        var answer = client.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Accept", GeneratedImage.MANIFEST_TYPE)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode(), url);
        var sha256 = MessageDigest.getInstance("SHA-256");
        try (InputStream body = answer.body()) {
            var buffer = new byte[1 << 16];
            for (var count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                sha256.update(buffer, 0, count);
            }
        }
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    private AgentProcess agent(
            String name, int number, String token, List<String> prefix, Map<String, ?> settings, CountingOrigin origin)
            throws IOException {
        var all = new HashMap<String, Object>(settings);
        all.put("registries", List.of(Map.of("host", origin.host(), "plainHttp", true)));
        return AgentProcess.start(new AgentProcess.Plan(
                name,
                ClassPaths.agent(),
                prefix,
                folder.resolve(name),
                NETWORK + number,
                NETWORK + number,
                token,
                all,
                door));
    }

    /** Somebody else takes all that is left of the disk. */
    private static void fill(Path filler) throws IOException {
        var chunk = new byte[1 << 16];
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(chunk);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space left"), full.toString());
        }
    }

    private int passedThrough(AgentProcess agent) throws IOException, InterruptedException {
        return door.send("GET", agent.healthUrl() + "/metrics", null, null)
                .body()
                .lines()
                .filter(line -> line.startsWith("darter_passed_through_total "))
                .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Looks again and again what a folder takes of its disk. */
    private static final class Watch implements AutoCloseable {
        private final AtomicLong most = new AtomicLong();
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread;

        Watch(Path folder) {
            thread = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    try {
                        var done = Shell.tryRun(Map.of(), 20, List.of("du", "-s", "-B1", folder.toString()));
                        if (done.exitCode() == 0) {
                            most.accumulateAndGet(Long.parseLong(done.output().split("\\s")[0]), Math::max);
                        }
                        Thread.sleep(20);
                    } catch (IOException | InterruptedException e) {
                        return;
                    }
                }
            });
        }

        long mostBytes() {
            return most.get();
        }

        @Override
        public void close() {
            over.set(true);
            thread.interrupt();
        }
    }
}
