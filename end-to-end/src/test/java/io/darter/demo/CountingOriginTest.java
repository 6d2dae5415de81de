package io.darter.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountingOriginTest {
    @TempDir
    Path folder;

    private GeneratedImage image;
    private CountingOrigin origin;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        image = GeneratedImage.make(folder, "demo/image", "v1", 7, List.of(300_000, 512));
        origin = CountingOrigin.start(image);
    }

    @AfterEach
    void stop() {
        origin.close();
        client.close();
    }

    @Test
    void aBlobIsCountedByteByByte() throws IOException, InterruptedException {
        var layer = image.blobs().get(1);
        var answer = get("blobs/" + layer.digest(), "");
        assertEquals(200, answer.statusCode());
        assertArrayEquals(Files.readAllBytes(image.file(layer.digest())), answer.body());
        assertEquals(layer.sizeBytes(), origin.counts().blobBytes());
        assertEquals(1, origin.counts().peakBlobConnections());
    }

    @Test
    void aRangeCostsItsOwnLengthOnly() throws IOException, InterruptedException {
        var layer = image.blobs().get(1);
        var whole = Files.readAllBytes(image.file(layer.digest()));
        var answer = get("blobs/" + layer.digest(), "bytes=1000-1999");
        assertEquals(206, answer.statusCode());
        assertArrayEquals(Arrays.copyOfRange(whole, 1000, 2000), answer.body());
        assertEquals(1000, origin.counts().blobBytes());
        assertEquals(
                416,
                get("blobs/" + layer.digest(), "bytes=" + whole.length + "-").statusCode());
    }

    @Test
    void manifestsAreCountedApart() throws IOException, InterruptedException {
        var answer = get("manifests/v1", "");
        assertArrayEquals(image.manifest(), answer.body());
        assertEquals(
                image.manifestDigest(),
                answer.headers().firstValue("Docker-Content-Digest").orElse(""));
        assertEquals(image.manifest().length, origin.counts().metaBytes());
        assertEquals(0, origin.counts().blobBytes());
        assertEquals(404, get("manifests/v2", "").statusCode());
    }

    private HttpResponse<byte[]> get(String rest, String range) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + origin.host() + "/v2/demo/image/" + rest));
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
