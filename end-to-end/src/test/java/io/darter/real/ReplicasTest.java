package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.bench.FailoverPull;
import io.darter.bench.FileOrigin;
import io.darter.bench.Replicas;
import io.darter.demo.AgentProcess;
import io.darter.demo.HttpDoor;
import io.darter.demo.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas of one appliance with a real MariaDB and a real Redis with Sentinels. */
@Timeout(300)
class ReplicasTest {
    /** A lock runs out after 3 s; the rest is for a machine with more to do than it has processors. */
    private static final double TAKEOVER_SECONDS_MAX = 8;

    /** What was on its way may come twice. */
    private static final double ORIGIN_RATIO_MAX = 1.25;

    private static final int CONTENT_BYTES = 24 << 20;

    @TempDir
    Path folder;

    @BeforeAll
    static void parts() throws Exception {
        RealParts.requirePrograms("redis-server", "mariadbd");
        ClassPaths.require();
    }

    @Test
    void twoReplicasTakeOverFromEachOther() throws Exception {
        try (FileOrigin origin = FileOrigin.start(folder, 8 << 20);
                Replicas replicas = Replicas.start(ClassPaths.server(), folder, 2)) {
            AgentProcess.Plan plan = new AgentProcess.Plan(
                    "node 1",
                    ClassPaths.agent(),
                    List.of(),
                    folder.resolve("node-1"),
                    "127.0.21.1",
                    "127.0.21.1",
                    replicas.first().createJoinToken("node", 1),
                    Map.of(),
                    HttpDoor.direct());
            try (AgentProcess node = AgentProcess.start(plan)) {
                node.awaitReady();
                int first = replicas.owner();
                takeOver(replicas, origin, node, first, 1);
                replicas.startAgain(first);
                replicas.awaitReady(first);
                assertNotEquals(first, replicas.owner(), "one that comes back takes nothing away");
                takeOver(replicas, origin, node, replicas.owner(), 2);
                assertEquals(first, replicas.owner());
            }
        }
    }

    /** The owner is killed in the middle of a pull. */
    private void takeOver(Replicas replicas, FileOrigin origin, AgentProcess node, int owner, int times)
            throws Exception {
        byte[] bytes = new byte[CONTENT_BYTES];
        new SplittableRandom(times).nextBytes(bytes);
        String digest = "sha256:" + Sha256.hexOf(Files.write(folder.resolve("new"), bytes));
        Files.move(folder.resolve("new"), folder.resolve(digest));
        FailoverPull pull = FailoverPull.start(node.name(), node.mirrorUrl(), origin.host(), digest);
        replicas.kill(owner);
        double seconds = replicas.awaitTakeover(owner);
        System.out.printf("MEASURED another replica owns the cluster after %.1f s%n", seconds);
        assertTrue(seconds < TAKEOVER_SECONDS_MAX, "taken over after " + seconds + " s");
        Poll.until("the node follows the new owner", 20, () -> linked(node) > times);
        assertEquals("", pull.await(System.nanoTime() + 60_000_000_000L));
        double ratio = (double) origin.sentBytes() / times / CONTENT_BYTES;
        System.out.printf("MEASURED origin bytes by content %.3f%n", ratio);
        assertTrue(ratio < ORIGIN_RATIO_MAX, "the origin sent " + ratio + " times the contents");
    }

    /** How often it has begun to follow a scheduler. */
    private static int linked(AgentProcess node) throws IOException {
        return Files.readString(node.folder().resolve("agent.log")).split("linked to the scheduler", -1).length - 1;
    }
}
