package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.bench.FileOrigin;
import io.darter.demo.AgentProcess;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.DemoFailure;
import io.darter.demo.HttpDoor;
import io.darter.demo.Running;
import io.darter.demo.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An operator runs a fleet of real agents: cordons and drains, purges, and removes one that is connected. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // by start(), which skips the tests if it cannot
class FleetTest {
    private static final int CONTENT_BYTES = 3 << 20;
    private static final int PATIENCE_SECONDS = 60;

    private final Running running = new Running();
    private Path folder;
    private FileOrigin origin;
    private ApplianceProcess appliance;
    private AgentProcess a;
    private AgentProcess b;
    private AgentProcess c;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        ClassPaths.require();
        folder = temporary;
        Files.createDirectories(folder.resolve("origin"));
        origin = running.keep(FileOrigin.start(folder.resolve("origin"), Long.MAX_VALUE));
        appliance = running.keep(ApplianceProcess.start(new ApplianceProcess.Plan(
                ClassPaths.server(),
                List.of(),
                folder.resolve("appliance"),
                "127.0.22.100",
                Map.of("httpsPort", 0, "httpPort", 0, "agentPort", 0),
                HttpDoor.direct())));
        appliance.awaitReady();
        a = agent("a", 1);
        b = agent("b", 2);
        c = agent("c", 3);
    }

    @AfterAll
    void stop() {
        running.close();
    }

    @Test
    @Order(1)
    void aCordonedNodeIsNoSourceAndIsServedItself() throws Exception {
        String first = content(1);
        get(a, first);
        appliance.call("POST", "/nodes/" + id("127.0.22.1") + "/drain", "");
        long servedBefore = node("127.0.22.1").path("servedBytes").asLong();
        long sent = origin.sentBytes();
        get(b, first);
        assertEquals(CONTENT_BYTES, origin.sentBytes() - sent, "what only the drained node has comes from the origin");
        sent = origin.sentBytes();
        String second = content(2);
        get(b, second);
        get(a, second);
        assertEquals(CONTENT_BYTES, origin.sentBytes() - sent, "it is served by others itself");
        Poll.until("it is drained", PATIENCE_SECONDS, () -> duty("127.0.22.1").equals("drained"));
        assertEquals(servedBefore, node("127.0.22.1").path("servedBytes").asLong());
        appliance.call("POST", "/nodes/" + id("127.0.22.1") + "/uncordon", "");
        assertEquals("active", duty("127.0.22.1"));
    }

    @Test
    @Order(2)
    void aPurgedContentIsGoneEverywhereAndANodeThatWasAwayObeysOnReturn() throws Exception {
        String digest = content(3);
        for (AgentProcess agent : List.of(a, b, c)) {
            get(agent, digest);
            assertTrue(holds(agent, digest));
        }
        c.close();
        String cluster = node("127.0.22.1").path("cluster").asString();
        String path = "/clusters/" + cluster + "/tombstones";
        long began = System.nanoTime();
        appliance.call("POST", path, "{\"content\":\"" + digest + "\",\"reason\":\"a secret leaked\"}");
        Poll.until("gone from those who are there", PATIENCE_SECONDS, () -> !holds(a, digest) && !holds(b, digest));
        System.out.printf("MEASURED purged from connected nodes after %d ms%n", millisSince(began));
        assertRefused(a, digest);
        assertTrue(holds(c, digest), "it was away");
        c = running.keep(AgentProcess.start(c.plan()));
        c.awaitReady();
        Poll.until("gone from who was away", PATIENCE_SECONDS, () -> !holds(c, digest));
        assertRefused(c, digest);
        Poll.until(
                "three nodes had it",
                PATIENCE_SECONDS,
                () -> tombstone(path).path("nodesRemoved").asInt() == 3);
        assertEquals(3L * CONTENT_BYTES, tombstone(path).path("bytesRemoved").asLong());
        appliance.call("DELETE", path + "/" + digest, null);
        Poll.until(
                "it may be had again", PATIENCE_SECONDS, () -> tryGet(a, digest).exitCode() == 0);
        String evicted = "/nodes/" + id("127.0.22.1") + "/contents/" + digest;
        assertEquals(
                CONTENT_BYTES,
                appliance.call("DELETE", evicted, null).path("bytes").asLong());
        assertFalse(holds(a, digest));
    }

    @Test
    @Order(3)
    void aRemovedNodeIsCutOffAtOnceAndItsNameIsFree() throws Exception {
        String before = content(4);
        get(a, before);
        get(b, before); // b keeps a connection to a
        String id = id("127.0.22.2");
        String name = node("127.0.22.2").path("name").asString();
        Path identity = b.folder().resolve("data/identity/identity.json");
        assertTrue(Files.exists(identity));
        assertEquals("answered", askedByRemoved(identity), "as long as it is not removed");
        long began = System.nanoTime();
        appliance.call("DELETE", "/nodes/" + id, null);
        for (int asked = 1; askedByRemoved(identity).equals("answered"); asked++) {
            assertTrue(asked < 1_000, "a removed node is still answered");
        }
        System.out.printf(
                "MEASURED removed: a peer refuses its request %d ms after the call began%n", millisSince(began));
        Poll.until("its link has ended", PATIENCE_SECONDS, () -> log(b).contains("NODE_REMOVED"));
        long linkMillis = millisSince(began);
        Poll.until("the others know", PATIENCE_SECONDS, () -> revokedAt(a) && revokedAt(c));
        System.out.printf(
                "MEASURED removed: its link ended after %d ms, its peers had the list on disk after %d ms%n",
                linkMillis, millisSince(began));
        assertEquals("refused", askedByRemoved(identity));
        Poll.until("it cannot attach again", PATIENCE_SECONDS, () -> log(b).contains("CERTIFICATE_REVOKED"));
        JsonNode gone = appliance.get("/nodes").path("items");
        gone.forEach(node -> assertFalse(node.path("id").asString().equals(id)));
        b.close();
        AgentProcess replacement = agent("b2", 2);
        assertTrue(replacement.child().alive());
        assertEquals(name, node("127.0.22.2").path("name").asString(), "the name is free");
        get(replacement, before);
    }

    /** The removed machine goes to a peer with its certificate. */
    private String askedByRemoved(Path identity) throws Exception {
        return RemovedNode.ask(identity, "127.0.22.1", AgentProcess.PEER_PORT) ? "answered" : "refused";
    }

    private static boolean revokedAt(AgentProcess agent) throws IOException {
        Path file = agent.folder().resolve("data/identity/revoked");
        return Files.exists(file) && !Files.readString(file).isEmpty();
    }

    private AgentProcess agent(String name, int number) throws DemoFailure, IOException, InterruptedException {
        String address = "127.0.22." + number;
        AgentProcess agent = running.keep(AgentProcess.start(new AgentProcess.Plan(
                name,
                ClassPaths.agent(),
                List.of(),
                folder.resolve(name),
                address,
                address,
                appliance.createJoinToken("node", 1),
                Map.of(),
                HttpDoor.direct())));
        agent.awaitReady();
        return agent;
    }

    /** A new file at the origin; its digest. */
    private String content(int seed) throws IOException {
        byte[] bytes = new byte[CONTENT_BYTES];
        new SplittableRandom(seed).nextBytes(bytes);
        String digest = "sha256:" + Sha256.hexOf(bytes);
        Files.write(folder.resolve("origin").resolve(digest), bytes);
        return digest;
    }

    private void get(AgentProcess agent, String digest) throws IOException, InterruptedException {
        Shell.Done done = tryGet(agent, digest);
        assertEquals(0, done.exitCode(), done.output());
    }

    private void assertRefused(AgentProcess agent, String digest) throws IOException, InterruptedException {
        Shell.Done done = tryGet(agent, digest);
        assertEquals(4, done.exitCode(), done.output());
        assertTrue(done.output().contains("CONTENT_PURGED"), done.output());
    }

    private Shell.Done tryGet(AgentProcess agent, String digest) throws IOException, InterruptedException {
        return Shell.tryRun(
                Map.of("CLASSPATH", ClassPaths.agent()),
                60,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "io.darter.agent.cli.Darter",
                        "get",
                        "--socket",
                        agent.socket().toString(),
                        "http://" + origin.host() + "/" + digest,
                        "--digest",
                        digest,
                        "-o",
                        folder.resolve("received").toString()));
    }

    /** Any file of the content in the agent's store. */
    private static boolean holds(AgentProcess agent, String digest) throws IOException {
        String hex = digest.substring("sha256:".length());
        try (var files = Files.walk(agent.folder().resolve("data/store"))) {
            return files.anyMatch(file -> file.getFileName().toString().contains(hex));
        } catch (java.io.UncheckedIOException _) {
            return true; // one went while they were listed: look again
        }
    }

    private JsonNode tombstone(String path) throws InterruptedException {
        try {
            return appliance.get(path).path(0);
        } catch (DemoFailure e) {
            throw new AssertionError(e);
        }
    }

    private String id(String address) throws InterruptedException {
        return node(address).path("id").asString();
    }

    private String duty(String address) throws InterruptedException {
        return node(address).path("duty").asString();
    }

    private JsonNode node(String address) throws InterruptedException {
        try {
            for (JsonNode node : appliance.get("/nodes").path("items")) {
                if (node.path("address").asString().startsWith(address + ":")) {
                    return node;
                }
            }
        } catch (DemoFailure e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no node at " + address);
    }

    private static String log(AgentProcess agent) throws IOException {
        return Files.readString(agent.folder().resolve("agent.log"));
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
