package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.demo.AgentProcess;
import io.darter.demo.DemoFailure;
import io.darter.demo.GeneratedImage;
import io.darter.demo.RealRegistry;
import io.darter.demo.Running;
import io.darter.demo.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Four real container runtimes, each on a host of its own beside its agent, and a real registry that keeps a log. */
@Tag("real")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // by start(), which skips the tests if it cannot
class FourContainerdsPullAtOnceTest {
    private static final int NODES = 4;
    /** 155 MB in three layers. */
    private static final List<Integer> LAYERS = List.of(80_000_000, 50_000_000, 25_000_000);

    private Path folder;

    private final Running open = new Running();
    private final List<RealContainerd> runtimes = new ArrayList<>();
    private final List<AgentProcess> agents = new ArrayList<>();
    private final List<Netns.Host> hosts = new ArrayList<>();

    private RealRegistry registry;

    @BeforeAll
    void start(@TempDir Path temporary) throws DemoFailure, IOException, InterruptedException {
        folder = temporary;
        RealParts.require("containerd", "ctr", "docker-registry", "skopeo", "curl", "ip", "tc", "nsenter");
        var net = open.keep(Netns.create());
        var registryHost = net.host("r", 400);
        registry = open.keep(RealRegistry.start(
                Files.createDirectory(folder.resolve("registry")),
                registryHost.prefix(),
                registryHost.address(),
                80,
                registryHost.door()));
        var applianceHost = net.host("a", 0);
        var cluster = open.keep(RealCluster.start(folder, applianceHost));
        cluster.agent("seed", "seed", net.host("s", 400), registry.host(), Map.of());
        for (var i = 1; i <= NODES; i++) {
            var host = net.host("n" + i, 200);
            hosts.add(host);
            agents.add(cluster.agent("node-" + i, "node", host, registry.host(), Map.of()));
            runtimes.add(open.keep(RealContainerd.start(
                    Files.createDirectory(folder.resolve("c" + i)),
                    host.name(),
                    registry.host(),
                    "http://127.0.0.1:4001")));
        }
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    @Order(1)
    void theImageLeavesTheRegistryOnceAndEveryDigestIsRight() throws Exception {
        var image = image("together", 1);
        var before = registry.blobBytes();
        var start = System.nanoTime();
        for (var pull : inParallel(pulls(image))) {
            assertEquals(0, pull.exitCode(), pull.output());
        }
        var seconds = (System.nanoTime() - start) / 1e9;
        for (var i = 0; i < NODES; i++) {
            assertHolds(i, image);
        }
        var left = registry.blobBytes() - before;
        System.out.printf(
                "MEASURED four containerds at once: image %d bytes, registry blob bytes %d = %.3f x, %.1f s%n",
                image.contentBytes(), left, (double) left / image.contentBytes(), seconds);
        assertTrue(left <= 1.01 * image.contentBytes(), left + " bytes left the registry");
        skopeoReadsTheSameImageThroughAMirror(image);
    }

    private void skopeoReadsTheSameImageThroughAMirror(GeneratedImage image) throws IOException, InterruptedException {
        var before = registry.blobBytes();
        // A mirror's location is a repository name, in which no port can follow: hence the registry on port 80
        var config = folder.resolve("registries.conf");
        Files.writeString(config, """
                [[registry]]
                location = "%s"
                insecure = true
                [[registry.mirror]]
                location = "127.0.0.1:4001/%s"
                insecure = true
                """.formatted(registry.host(), registry.host()));
        var target = folder.resolve("skopeo");
        var done = Shell.tryRun(
                Map.of(),
                120,
                RealParts.inNamespace(
                        hosts.getFirst().name(),
                        List.of(
                                "skopeo",
                                "--registries-conf",
                                config.toString(),
                                "--insecure-policy",
                                "copy",
                                "-q",
                                "docker://" + registry.reference(image),
                                "dir:" + target)));
        assertEquals(0, done.exitCode(), done.output());
        for (var blob : image.blobs()) {
            var hex = blob.digest().substring("sha256:".length());
            assertEquals(hex, Sha256.hexOf(target.resolve(hex)));
        }
        System.out.printf(
                "MEASURED skopeo through a mirror: %d bytes in %.1f s, registry blob bytes %d%n",
                image.contentBytes(), done.seconds(), registry.blobBytes() - before);
        assertEquals(before, registry.blobBytes(), "the registry was asked although every node has the image");
    }

    @Test
    @Order(2)
    void aNodeWhoseAgentIsKilledInMidPullStillGetsItsImage() throws Exception {
        var image = image("killed", 2);
        var before = registry.accesses().size();
        var victim = NODES - 1;
        var heldBefore = bytesIn(folder.resolve("c" + NODES));
        var progress = new long[1];
        var tasks = new ArrayList<>(pulls(image));
        tasks.add(() -> {
            Poll.until("a third of the image is at the victim", 90, () -> {
                progress[0] = bytesIn(folder.resolve("c" + NODES)) - heldBefore;
                return progress[0] > image.contentBytes() * 3 / 10;
            });
            agents.get(victim).child().kill();
            return new Shell.Done(0, "", 0);
        });
        for (var pull : inParallel(tasks)) {
            assertEquals(0, pull.exitCode(), pull.output());
        }
        assertFalse(agents.get(victim).child().alive());
        assertTrue(progress[0] < image.contentBytes(), "the fault came too late: " + progress[0]);
        for (var i = 0; i < NODES; i++) {
            assertHolds(i, image);
        }
        var accesses = registry.accesses();
        var byVictim = blobBytes(
                accesses.subList(before, accesses.size()), hosts.get(victim).address(), true);
        var byOthers = blobBytes(
                accesses.subList(before, accesses.size()), hosts.get(victim).address(), false);
        System.out.printf(
                "MEASURED agent killed at %d %% of the pull: all pulls succeed, the victim took %.2f x from the"
                        + " registry, everyone else together %.3f x%n",
                100 * progress[0] / image.contentBytes(),
                (double) byVictim / image.contentBytes(),
                (double) byOthers / image.contentBytes());
        assertTrue(byOthers <= 1.01 * image.contentBytes(), byOthers + " bytes left the registry for the others");
    }

    private GeneratedImage image(String tag, long seed) throws IOException {
        var image = GeneratedImage.make(folder.resolve("image-" + tag), "lab/app", tag, seed, LAYERS);
        registry.publish(image);
        return image;
    }

    private List<Callable<Shell.Done>> pulls(GeneratedImage image) {
        var reference = registry.reference(image);
        return runtimes.stream()
                .map(runtime -> (Callable<Shell.Done>) () -> runtime.pull(reference))
                .toList();
    }

    private static List<Shell.Done> inParallel(List<Callable<Shell.Done>> tasks)
            throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = new ArrayList<Shell.Done>();
            for (var future : threads.invokeAll(tasks)) {
                done.add(future.get());
            }
            return done;
        }
    }

    private void assertHolds(int node, GeneratedImage image) throws IOException, InterruptedException {
        var digests = runtimes.get(node).digests();
        assertTrue(digests.contains(image.manifestDigest()), "no manifest on node " + (node + 1));
        for (var blob : image.blobs()) {
            var file = runtimes.get(node).blob(folder.resolve("c" + (node + 1)), blob.digest());
            assertEquals(blob.digest(), "sha256:" + Sha256.hexOf(file));
        }
    }

    /** Bytes in a runtime's content store, half-received blobs included. */
    private static long bytesIn(Path runtime) throws IOException {
        var content = runtime.resolve("root/io.containerd.content.v1.content");
        try (var files = Files.walk(content)) {
            var sum = 0L;
            for (var file : files.filter(Files::isRegularFile).toList()) {
                try {
                    sum += Files.size(file);
                } catch (NoSuchFileException _) {
                    // Moved from half-received to received meanwhile: the next look counts it
                }
            }
            return sum;
        } catch (UncheckedIOException _) {
            // A folder went away under the walk
            return 0;
        }
    }

    private static long blobBytes(List<RealRegistry.Access> accesses, String client, boolean thisOne) {
        return accesses.stream()
                .filter(access -> access.blob() && access.method().equals("GET"))
                .filter(access ->
                        (access.client().equals(client) || access.client().startsWith(client + ":")) == thisOne)
                .mapToLong(RealRegistry.Access::bytes)
                .sum();
    }
}
