package io.darter.agent.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong now = new AtomicLong(-5_000_000_000L);
    private final Patience patience = new Patience(now::get);

    @Test
    void aMachineThatIsInTimeWaitsNoLongerThanUsual() {
        patience.wasDue(now.get());
        assertEquals(0, patience.extraNanos());
    }

    @Test
    void theLatestCounts() {
        patience.wasDue(now.get() - 200 * MILLI);
        patience.wasDue(now.get() - 10 * MILLI);
        assertEquals(800 * MILLI, patience.extraNanos());
    }

    @Test
    void itIsForgottenByAndBy() {
        patience.wasDue(now.get() - 200 * MILLI);
        now.addAndGet(4_000 * MILLI);
        assertEquals(200 * MILLI, patience.extraNanos());
        now.addAndGet(1_000_000 * MILLI);
        assertEquals(0, patience.extraNanos());
    }

    @Test
    void itHasAnEnd() {
        patience.wasDue(now.get() - 3_600_000 * MILLI);
        assertEquals(10_000 * MILLI, patience.extraNanos());
    }
}
