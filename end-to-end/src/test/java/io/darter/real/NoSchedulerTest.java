package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.darter.bench.FailoverBench;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short form of {@code ./dev bench failover}: the appliance is killed in the middle of a pull and never comes back. */
@Timeout(300)
class NoSchedulerTest {
    private static final int NODES = 3;
    private static final int CONTENT_BYTES = 12 << 20;

    @Test
    void whenTheApplianceIsGoneForGoodNoPullFails() throws Exception {
        ClassPaths.require();
        FailoverBench.Programs programs = new FailoverBench.Programs(ClassPaths.agent(), ClassPaths.server());
        assertEquals(List.of(), FailoverBench.withoutAScheduler(programs, NODES, CONTENT_BYTES));
    }
}
