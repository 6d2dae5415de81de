package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.config.AgentConfigLoader;
import io.darter.agent.http.EventLoops;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.IdentityFiles;
import io.darter.agent.identity.TestCluster;
import io.darter.agent.origin.HttpOriginClient;
import io.darter.agent.origin.OriginNetwork;
import io.darter.agent.origin.Registries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(EventLoopsNeverWait.class)
class SelfCheckTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path folder = Path.of("");

    private final EventLoops loops = new EventLoops(1);
    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void aNodeInOrderPassesAndLeavesNoBytesBehind() throws Exception {
        assertEquals("passed", outcome(cluster.node("c1", "n1"), folder.resolve("check")));
        try (var files = Files.walk(folder.resolve("check"))) {
            assertTrue(files.noneMatch(file -> file.toString().endsWith(".data")));
        }
    }

    @Test
    void aCertificateOfAnotherCaDoesNotPass() throws Exception {
        Identity own = cluster.node("c1", "n1");
        Identity strange = new Identity(
                own.node(),
                own.nodeName(),
                own.cluster(),
                own.seed(),
                List.of(),
                List.of(),
                own.key(),
                own.certificate(),
                new TestCluster().ca());
        assertEquals("failed", outcome(strange, folder.resolve("check")));
    }

    @Test
    void aFolderThatCannotBeWrittenDoesNotPass() throws Exception {
        Files.writeString(folder.resolve("file"), "in the way");
        assertEquals("failed", outcome(cluster.node("c1", "n1"), folder.resolve("file")));
    }

    private String outcome(Identity identity, Path checkFolder) throws Exception {
        Files.createDirectories(folder.resolve("agent"));
        new IdentityFiles(folder.resolve("agent")).save(identity);
        Membership membership = new Membership(
                AgentConfigLoader.load(
                        Optional.empty(),
                        Map.of("DARTER_DATA_DIR", folder.resolve("agent").toString())),
                CLOCK);
        membership.start();
        OriginNetwork network = new OriginNetwork(loops.group(), loops.socketChannel(), loops.allocator());
        try (HttpOriginClient origin = new HttpOriginClient(new Registries(List.of()), network, _ -> {}, CLOCK)) {
            SelfCheck check = new SelfCheck(membership, loops, origin, checkFolder, CLOCK, System::nanoTime);
            check.start();
            for (int i = 0; i < 600 && check.outcome().equals("running"); i++) {
                Thread.sleep(50);
            }
            return check.outcome();
        } finally {
            closeQuietly(membership);
        }
    }

    private static void closeQuietly(AutoCloseable part) throws IOException {
        try {
            part.close();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
