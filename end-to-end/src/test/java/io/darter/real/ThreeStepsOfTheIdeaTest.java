package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.demo.GeneratedImage;
import io.darter.demo.RealRegistry;
import io.darter.demo.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * The idea in three steps, with figures: A asks and is served by the seed, which fetched once; then B asks and is served
 * by A and by the seed at the same time; so B takes about half as long as from one of them.
 */
@Tag("real")
class ThreeStepsOfTheIdeaTest {
    private static final int LAYER_BYTES = 48 << 20;
    /** B's link carries 10 MB/s of content: 80 Mbit/s, and five in a hundred for the headers of TCP and TLS. */
    private static final int LINK_OF_B_MBIT = 84;

    private static final String HALF_OF_B = "5000000";
    private static final double RATIO_MAX = 0.55;

    @TempDir
    Path folder;

    @Test
    void aIsServedByTheSeedThenBByBothInHalfTheTime() throws Exception {
        RealParts.require("docker-registry", "curl", "ip", "tc", "nsenter");
        try (var net = Netns.create()) {
            var registryHost = net.host("r", 0);
            var seedHost = net.host("s", 0);
            var hostA = net.host("a", 0);
            var hostB = net.host("b", LINK_OF_B_MBIT);
            try (var registry = RealRegistry.start(
                            Files.createDirectory(folder.resolve("registry")),
                            registryHost.prefix(),
                            registryHost.address(),
                            5000,
                            registryHost.door());
                    var cluster = RealCluster.start(folder, net.host("m", 0))) {
                var first = publish(registry, "first", 1);
                var second = publish(registry, "second", 2);
                var half = Map.of("uploadRate", HALF_OF_B);
                cluster.agent("seed", "seed", seedHost, registry.host(), half);
                var a = cluster.agent("a", "node", hostA, registry.host(), half);
                cluster.agent("b", "node", hostB, registry.host(), Map.of());

                // 1: A asks
                var seedSent = sentBytes(seedHost);
                var secondsA = pull(hostA, registry, first);
                assertEquals(first.contentBytes(), registry.blobBytes(), "the registry gave the content once");
                assertTrue(
                        registry.accesses().stream()
                                .filter(access ->
                                        access.blob() && access.method().equals("GET"))
                                .allMatch(access -> access.client().startsWith(seedHost.address())),
                        "only the seed asked the registry");
                assertTrue(sentBytes(seedHost) - seedSent >= first.contentBytes(), "A's bytes came from the seed");

                // 2: B asks
                seedSent = sentBytes(seedHost);
                var sentByA = sentBytes(hostA);
                var secondsBoth = pull(hostB, registry, first);
                var fromSeed = sentBytes(seedHost) - seedSent;
                var fromA = sentBytes(hostA) - sentByA;
                assertEquals(first.contentBytes(), registry.blobBytes(), "B cost the registry nothing");

                // 3: the same amount of content for B, with A gone
                pull(hostA, registry, second);
                a.close();
                var secondsOne = pull(hostB, registry, second);
                System.out.printf(
                        "MEASURED three steps: A %.2f s from the seed; B %.2f s with %.1f MB from the seed and %.1f MB"
                                + " from A; B from the seed alone %.2f s; ratio %.3f; registry blob bytes %.3f x%n",
                        secondsA,
                        secondsBoth,
                        fromSeed / 1e6,
                        fromA / 1e6,
                        secondsOne,
                        secondsBoth / secondsOne,
                        (double) registry.blobBytes() / (first.contentBytes() + second.contentBytes()));
                assertTrue(fromA > LAYER_BYTES / 4 && fromSeed > LAYER_BYTES / 4, "B was not served by both");
                assertTrue(secondsBoth <= RATIO_MAX * secondsOne, secondsBoth + " s of " + secondsOne + " s");
            }
        }
    }

    private GeneratedImage publish(RealRegistry registry, String tag, long seed) throws IOException {
        var image = GeneratedImage.make(folder.resolve(tag), "lab/app", tag, seed, List.of(LAYER_BYTES));
        registry.publish(image);
        return image;
    }

    /** Manifest, configuration, layer, as a runtime asks for them; seconds for the layer. */
    private double pull(Netns.Host host, RealRegistry registry, GeneratedImage image)
            throws IOException, InterruptedException {
        curl(host, registry, "manifests/" + image.tag());
        var seconds = 0.0;
        for (var blob : image.blobs()) {
            seconds = curl(host, registry, "blobs/" + blob.digest());
            assertEquals(blob.digest(), "sha256:" + Sha256.hexOf(folder.resolve("received")));
        }
        return seconds;
    }

    private double curl(Netns.Host host, RealRegistry registry, String rest) throws IOException, InterruptedException {
        var url = "http://127.0.0.1:4001/v2/lab/app/" + rest + "?ns=" + registry.host();
        var output = folder.resolve("received").toString();
        var done = Shell.tryRun(
                Map.of(),
                90,
                RealParts.inNamespace(
                        host.name(),
                        List.of(
                                "curl",
                                "-sS",
                                "-f",
                                "-H",
                                "Accept: " + GeneratedImage.MANIFEST_TYPE,
                                "-o",
                                output,
                                "-w",
                                "%{time_total}",
                                url)));
        assertEquals(0, done.exitCode(), url + ": " + done.output());
        return Double.parseDouble(done.output().strip());
    }

    /** What the host's network card sent, counted by the kernel. */
    private static long sentBytes(Netns.Host host) throws IOException, InterruptedException {
        var json = Shell.run("ip", "-n", host.name(), "-s", "-j", "link", "show", "eth0");
        return JsonMapper.shared()
                .readTree(json)
                .path(0)
                .path("stats64")
                .path("tx")
                .path("bytes")
                .asLong();
    }
}
