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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measuring instruments before the thing measured: without Darter, bytes are counted and images are real. */
@Tag("real")
class RealPartsThemselvesTest {
    @TempDir
    Path folder;

    @Test
    void containerdPullsAGeneratedImageDirectlyAndTheRegistryLogCountsIt() throws IOException, InterruptedException {
        RealParts.requirePrograms("containerd", "ctr", "docker-registry", "curl", "ip", "nsenter");
        var image =
                GeneratedImage.make(folder.resolve("image"), "lab/app", "v1", 3, List.of(3 << 20, 2 << 20, 1 << 20));
        try (var net = Netns.create()) {
            var registryHost = net.host("r", 0);
            var node = net.host("n", 0);
            try (var registry = RealRegistry.start(
                            Files.createDirectory(folder.resolve("registry")),
                            registryHost.prefix(),
                            registryHost.address(),
                            5000,
                            registryHost.door());
                    var containerd = RealContainerd.start(
                            Files.createDirectory(folder.resolve("n")), node.name(), registry.host(), "")) {
                registry.publish(image);
                var pull = containerd.pull(registry.reference(image));
                assertEquals(0, pull.exitCode(), pull.output());
                for (var blob : image.blobs()) {
                    assertTrue(containerd.digests().contains(blob.digest()));
                    assertEquals(
                            blob.digest(),
                            "sha256:" + Sha256.hexOf(containerd.blob(folder.resolve("n"), blob.digest())));
                }
                assertEquals(image.contentBytes(), registry.blobBytes());
            }
        }
    }
}
