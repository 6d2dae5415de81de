package io.darter.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedImageTest {
    @TempDir
    Path folder;

    @Test
    void theSameSeedGivesTheSameDigests() throws IOException {
        var one = make("one", 7);
        var two = make("two", 7);
        var other = make("three", 8);
        assertEquals(one.manifestDigest(), two.manifestDigest());
        assertNotEquals(one.manifestDigest(), other.manifestDigest());
    }

    @Test
    void everyBlobHasTheDigestAndSizeThatTheManifestSays() throws IOException {
        var image = make("one", 7);
        assertEquals(4, image.blobs().size());
        for (var blob : image.blobs()) {
            var file = image.file(blob.digest());
            assertEquals(blob.digest(), "sha256:" + Sha256.hexOf(file));
            assertEquals(blob.sizeBytes(), Files.size(file));
        }
    }

    @Test
    void aLayerIsATarOfWholeBlocks() throws IOException {
        var image = make("one", 7);
        try (var layer = new GZIPInputStream(
                Files.newInputStream(image.file(image.blobs().get(1).digest())))) {
            var tar = layer.readAllBytes();
            assertEquals(0, tar.length % 512);
            assertEquals("ustar", new String(tar, 257, 5, java.nio.charset.StandardCharsets.US_ASCII));
        }
    }

    private GeneratedImage make(String name, long seed) throws IOException {
        return GeneratedImage.make(folder.resolve(name), "demo/image", "v1", seed, List.of(100_000, 3000, 512));
    }
}
