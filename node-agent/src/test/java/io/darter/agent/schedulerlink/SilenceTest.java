package io.darter.agent.schedulerlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.health.Patience;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong now = new AtomicLong();
    private final Silence silence = new Silence(new Patience(now::get));

    @Test
    void aQuietSchedulerIsAskedOnceAndSilentAfterHalfASecond() {
        silence.linked(true);
        assertEquals(OptionalLong.empty(), silence.question());
        now.addAndGet(300 * MILLI);
        assertTrue(silence.question().isPresent());
        assertEquals(OptionalLong.empty(), silence.question());
        now.addAndGet(400 * MILLI);
        assertFalse(silence.lasts());
        now.addAndGet(200 * MILLI);
        assertTrue(silence.lasts());
    }

    @Test
    void anyWordEndsTheSilence() {
        silence.linked(true);
        now.addAndGet(300 * MILLI);
        assertTrue(silence.question().isPresent());
        now.addAndGet(900 * MILLI);
        silence.heard();
        assertFalse(silence.lasts());
    }

    @Test
    void anOlderApplianceIsNeverAsked() {
        silence.linked(false);
        now.addAndGet(10_000 * MILLI);
        assertEquals(OptionalLong.empty(), silence.question());
        assertFalse(silence.lasts());
    }
}
