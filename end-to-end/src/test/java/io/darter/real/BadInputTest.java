package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.demo.AgentProcess;
import io.darter.demo.Child;
import io.darter.demo.DemoFailure;
import io.darter.demo.Running;
import io.darter.demo.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What can be wrong from outside: each gives a clear error, the right exit code, and nothing half done. */
@Tag("real")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // by start(), which skips the tests if it cannot
class BadInputTest {
    /** What was tried: what happened. What to do. [CODE] */
    private static final Pattern FOUR_PARTS = Pattern.compile("(?s).*\\S: \\S.*\\.\\s+\\S.*\\(([A-Z_]+)\\).*");

    private static final int SHORTEST_TOKEN_SECONDS = 60;

    private Path folder;

    private final Running open = new Running();
    private Netns net;
    private Netns.Host host;
    private RealCluster cluster;
    private Nginx nginx;
    private AgentProcess agent;
    private String shortToken;
    private long shortTokenMadeNanos;

    @BeforeAll
    void start(@TempDir Path temporary) throws DemoFailure, IOException, InterruptedException {
        folder = temporary;
        RealParts.require("nginx", "curl", "ip", "nsenter");
        net = open.keep(Netns.create());
        host = net.host("h", 0);
        nginx = open.keep(Nginx.start(folder, host.prefix(), host.address(), 8000));
        nginx.file("file.bin", 1_000_000, 1);
        cluster = open.keep(RealCluster.start(folder, host));
        shortToken = cluster.appliance().createJoinToken("node", 1, SHORTEST_TOKEN_SECONDS);
        shortTokenMadeNanos = System.nanoTime();
        agent = cluster.agent("node", "node", host, host.address() + ":8000", Map.of());
    }

    @AfterAll
    void stop() {
        open.close();
    }

    @Test
    @Order(1)
    void anUnreachableOriginIsExitCode5() throws IOException, InterruptedException {
        assertRefused(get("http://127.0.0.1:9/file.bin"), 5, "ORIGIN_UNREACHABLE");
    }

    @Test
    @Order(2)
    void aMissingFileIsExitCode3() throws IOException, InterruptedException {
        assertRefused(get(nginx.url("missing.bin")), 3, "CONTENT_NOT_FOUND");
    }

    @Test
    @Order(3)
    void aFileBehindAPasswordIsExitCode4() throws IOException, InterruptedException {
        assertRefused(get(nginx.url("denied/file.bin")), 4, "ORIGIN_DENIED");
    }

    @Test
    @Order(4)
    void aWrongDigestIsExitCode6AndLeavesNoFile() throws IOException, InterruptedException {
        assertRefused(get(nginx.url("file.bin"), "--digest", "sha256:" + "0".repeat(64)), 6, "DIGEST_MISMATCH");
    }

    @Test
    @Order(5)
    void theRightFileStillArrivesAfterAllThat() throws IOException, InterruptedException {
        var done = get(nginx.url("file.bin"));
        assertEquals(0, done.exitCode(), done.output());
        assertEquals(
                Sha256.hexOf(folder.resolve("nginx/files/file.bin")), Sha256.hexOf(folder.resolve("received.bin")));
        Files.delete(folder.resolve("received.bin"));
    }

    @Test
    @Order(6)
    void anUnknownRegistryIsAnErrorInTheRegistryProtocol() throws IOException, InterruptedException {
        var answer =
                host.door().send("GET", "http://127.0.0.1:4001/v2/lab/app/manifests/v1?ns=unknown.invalid", null, null);
        assertTrue(answer.status() >= 400, answer.body());
        assertTrue(answer.body().contains("\"errors\""), answer.body());
    }

    @Test
    @Order(7)
    void anUnknownSettingStopsTheStartAndTheNearestNameIsGiven() throws IOException, InterruptedException {
        var words = assertRefusesToStart("broken", Map.of("peer.prot", 4000), "unused", 2, "CONFIG_UNKNOWN_KEY");
        assertTrue(words.contains("peer.port"), words);
    }

    @Test
    @Order(8)
    void aUsedJoinTokenIsExitCode4() throws DemoFailure, IOException, InterruptedException {
        var token = cluster.appliance().createJoinToken("node", 1);
        try (var first = cluster.start("first", host, token, "", elsewhere(1))) {
            Poll.until("the first agent has joined", 60, () -> host.door().ok("http://127.0.0.1:4103/readyz"));
            assertTrue(first.child().alive());
        }
        assertRefusesToStart("second", elsewhere(2), token, 4, "JOIN_TOKEN_REFUSED");
    }

    @Test
    @Order(9)
    void aPortThatIsTakenIsNamed() throws DemoFailure, IOException, InterruptedException {
        var token = cluster.appliance().createJoinToken("node", 1);
        var words = assertRefusesToStart("taken", Map.of("health.port", 4203), token, 1, "PORT_IN_USE");
        assertTrue(words.contains("4000") || words.contains("4001"), words);
    }

    @Test
    @Order(10)
    void withAFullDiskTheFileStillArrivesOrTheErrorSaysSo() throws DemoFailure, IOException, InterruptedException {
        var small = Files.createDirectories(folder.resolve("small/data"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=24m", "darter-test", small.toString());
        try {
            nginx.file("large.bin", 48_000_000, 2);
            var token = cluster.appliance().createJoinToken("node", 1);
            try (var tight = cluster.start("small", host, token, host.address() + ":8000", elsewhere(3))) {
                Poll.until(
                        "the agent on the small disk is linked",
                        60,
                        () -> host.door().ok("http://127.0.0.1:4303/readyz"));
                var done = get(tight, nginx.url("large.bin"));
                if (done.exitCode() == 0) {
                    assertEquals(
                            Sha256.hexOf(folder.resolve("nginx/files/large.bin")),
                            Sha256.hexOf(folder.resolve("received.bin")));
                    Files.delete(folder.resolve("received.bin"));
                } else {
                    assertRefused(done, 1, "DISK_FULL");
                }
                System.out.println("MEASURED full disk: darter get of 48 MB on a disk of 24 MB ended with "
                        + done.exitCode() + " " + done.output().strip());
                assertTrue(tight.child().alive(), "the agent survived it");
            }
        } finally {
            Shell.run("umount", "-l", small.toString());
        }
    }

    @Test
    @Order(11)
    void anExpiredJoinTokenIsExitCode4() throws IOException, InterruptedException {
        Poll.until(
                "the short token has expired",
                SHORTEST_TOKEN_SECONDS + 5,
                () -> System.nanoTime() - shortTokenMadeNanos > (SHORTEST_TOKEN_SECONDS + 1) * 1_000_000_000L);
        assertRefusesToStart("late", elsewhere(4), shortToken, 4, "JOIN_TOKEN_REFUSED");
    }

    /** Ports that the standing agent does not have. */
    private static Map<String, ?> elsewhere(int number) {
        return Map.of(
                "peer.port", 4000 + 100 * number,
                "mirror.port", 4001 + 100 * number,
                "health.port", 4003 + 100 * number);
    }

    private String assertRefusesToStart(String name, Map<String, ?> settings, String token, int exitCode, String code)
            throws IOException, InterruptedException {
        try (var refused = cluster.start(name, host, token, "", settings)) {
            Child child = refused.child();
            assertTrue(child.awaitExit(Duration.ofSeconds(30)), name + " goes on:\n" + child.lastLines(20));
            var words = child.lastLines(20);
            assertEquals(exitCode, child.exitCode(), words);
            assertFourParts(words, code);
            return words;
        }
    }

    private Shell.Done get(String url, String... more) throws IOException, InterruptedException {
        return get(agent, url, more);
    }

    private Shell.Done get(AgentProcess through, String url, String... more) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "io.darter.agent.cli.Darter",
                "get",
                "--socket",
                through.socket().toString(),
                url,
                "-o",
                folder.resolve("received.bin").toString()));
        command.addAll(List.of(more));
        return Shell.tryRun(Map.of("CLASSPATH", ClassPaths.agent()), 60, command);
    }

    private void assertRefused(Shell.Done done, int exitCode, String code) throws IOException {
        assertEquals(exitCode, done.exitCode(), done.output());
        assertFourParts(done.output(), code);
        try (var files = Files.list(folder)) {
            assertFalse(
                    files.anyMatch(file -> file.getFileName().toString().startsWith("received.bin")),
                    "a file was left behind");
        }
    }

    private static void assertFourParts(String words, String code) {
        var match = FOUR_PARTS.matcher(words);
        assertTrue(match.matches(), "not of the four parts: " + words);
        assertTrue(words.contains("(" + code + ")"), words);
        assertFalse(words.contains("\tat "), "a stack trace is no message: " + words);
    }
}
