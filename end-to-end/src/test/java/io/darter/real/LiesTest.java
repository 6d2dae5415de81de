package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.darter.bench.CorruptionBench;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./dev bench corruption}: each lie once, and patience for a machine that does other things too. */
class LiesTest {
    private static final long PATIENCE_MILLIS = 20 * CorruptionBench.RECOVER_MILLIS_MAX;

    @Test
    void whoeverLiesThePullEndsWithTheRightBytes() throws Exception {
        ClassPaths.require();
        Path agentTests = Path.of("..", "node-agent", "target", "test-classes")
                .toAbsolutePath()
                .normalize();
        assumeTrue(Files.isDirectory(agentTests), "NOT RUN: the node agent's tests are not compiled");
        CorruptionBench.Programs programs =
                new CorruptionBench.Programs(agentTests, ClassPaths.agent(), ClassPaths.server());
        assertEquals(0, CorruptionBench.measure(programs, 1, 1, PATIENCE_MILLIS, true), "see above what was wrong");
    }
}
