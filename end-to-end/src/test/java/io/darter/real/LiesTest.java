package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.darter.bench.CorruptionBench;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./dev bench corruption}: each lie once. */
class LiesTest {
    @Test
    void whoeverLiesThePullEndsWithTheRightBytes() throws Exception {
        ClassPaths.require();
        Path agentTests = Path.of("..", "node-agent", "target", "test-classes")
                .toAbsolutePath()
                .normalize();
        assumeTrue(Files.isDirectory(agentTests), "NOT RUN: the node agent's tests are not compiled");
        int exit = CorruptionBench.measure(
                new CorruptionBench.Programs(agentTests, ClassPaths.agent(), ClassPaths.server()), 1, 1, true);
        assertEquals(0, exit, "see above what was wrong");
    }
}
