package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.demo.GeneratedImage;
import io.darter.demo.HttpDoor;
import io.darter.demo.RealRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The demo as a person runs it, its figures held against logs that it did not write. */
@Tag("real")
class DemoRunsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void parts() throws IOException, InterruptedException {
        RealParts.require("docker-registry", "nginx");
    }

    @Test
    void whatAKilledDemoLeavesEndsByItselfAndTheNextOneRemovesIt() throws IOException, InterruptedException {
        try (var killed = DemoRun.start(folder, "--json")) {
            killed.awaitWords("All nodes ask");
            killed.kill();
            Poll.until(
                    "no process is left of a killed demo",
                    20,
                    () -> killed.leftProcesses().isEmpty());
            assertEquals(1, killed.leftFolders());
        }
        try (var demo = DemoRun.start(folder, "--json")) {
            assertEquals(0, demo.exitCode(), demo.words());
            var json = demo.json();
            assertTheMainJob(json, 4);
            assertTrue(json.path("contentBytes").asLong() >= 64 << 20);
            assertTrue(demo.words().contains("seed "), "the seed is printed");
            assertNothingLeft(demo);
            measured("generated content", json);
        }
    }

    @Test
    void ctrlCEndsEverythingAtOnce() throws IOException, InterruptedException {
        try (var demo = DemoRun.start(folder, "--json")) {
            demo.awaitWords("The appliance is up");
            demo.interrupt();
            assertEquals(130, demo.exitCode());
            assertNothingLeft(demo);
        }
    }

    @Test
    void anImageOfARealRegistryGoesToEightNodesAndItsLogAgrees() throws IOException, InterruptedException {
        var image =
                GeneratedImage.make(folder.resolve("image"), "lab/app", "v1", 11, List.of(48 << 20, 24 << 20, 8 << 20));
        try (var registry = RealRegistry.start(
                Files.createDirectory(folder.resolve("registry")),
                List.of(),
                "127.0.0.1",
                freePort(),
                HttpDoor.direct())) {
            registry.publish(image);
            try (var demo = DemoRun.start(folder, registry.reference(image), "--nodes", "8", "--json")) {
                assertEquals(0, demo.exitCode(), demo.words());
                var json = demo.json();
                assertTheMainJob(json, 8);
                assertEquals(image.contentBytes(), json.path("contentBytes").asLong());
                assertEquals(registry.blobBytes(), json.path("originBytes").asLong(), "the registry's log");
                assertNothingLeft(demo);
                measured("image in docker-registry", json);
            }
        }
    }

    @Test
    void aFileOfNginxGoesToThreeNodesAndItsLogAgrees() throws IOException, InterruptedException {
        try (var nginx = Nginx.start(folder, List.of(), "127.0.0.1", freePort())) {
            nginx.file("file.bin", 40_000_000, 5);
            try (var demo = DemoRun.start(folder, nginx.url("file.bin"), "--nodes", "3", "--json")) {
                assertEquals(0, demo.exitCode(), demo.words());
                var json = demo.json();
                assertTheMainJob(json, 3);
                assertEquals(40_000_000, json.path("contentBytes").asLong());
                // The launcher reads the file once more, afterwards, to know its digest
                assertEquals(
                        nginx.sentBytes("Java-http-client"),
                        json.path("originBytes").asLong(),
                        "nginx's log");
                assertNothingLeft(demo);
                measured("file on nginx", json);
            }
        }
    }

    private static void assertTheMainJob(JsonNode json, int nodes) {
        var content = json.path("contentBytes").asLong();
        assertTrue(json.path("verified").asBoolean());
        assertEquals(nodes, json.path("nodes").asInt());
        assertEquals(content, json.path("originBytes").asLong(), json.toString());
        assertEquals(nodes * content, json.path("deliveredBytes").asLong());
        assertTrue(json.path("peakOriginConnections").asInt() <= 3, json.toString());
        assertTrue(json.path("peakOriginConnections").asInt() >= 1, json.toString());
        assertEquals(13, json.size());
    }

    private static void assertNothingLeft(DemoRun demo) throws IOException {
        assertEquals(List.of(), demo.leftProcesses());
        assertEquals(0, demo.leftFolders());
    }

    private static void measured(String what, JsonNode json) {
        System.out.println("MEASURED demo, " + what + ": " + json);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
