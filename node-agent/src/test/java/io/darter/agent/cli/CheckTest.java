package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.darter.agent.control.AgentFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckTest {
    private static final long DAY = 86_400_000;

    @Test
    void aHealthyNodePassesEveryCheck() {
        List<Check> checks = Check.judge(facts(true, 100, 6 * DAY, "passed", 100L << 30));
        checks.forEach(check -> assertEquals("ok", check.result(), check.toString()));
    }

    @Test
    void eachFaultIsFoundWithAdvice() {
        assertEquals("fail", result(facts(false, 0, DAY, "passed", 100L << 30), "appliance"));
        assertEquals("warn", result(facts(true, -10_000, DAY, "passed", 100L << 30), "clock"));
        assertEquals("fail", result(facts(true, 600_000, DAY, "passed", 100L << 30), "clock"));
        assertEquals("warn", result(facts(true, 0, DAY, "passed", 100L << 30), "certificate"));
        assertEquals("fail", result(facts(true, 0, -1, "passed", 100L << 30), "certificate"));
        assertEquals("fail", result(facts(true, 0, 6 * DAY, "failed", 100L << 30), "self-check"));
        assertEquals("warn", result(facts(true, 0, 6 * DAY, "passed", 1L << 30), "disk"));
        assertEquals("fail", result(facts(true, 0, 6 * DAY, "passed", 1 << 20), "disk"));
    }

    private static String result(AgentFacts facts, String name) {
        Check check = Check.judge(facts).stream()
                .filter(each -> each.check().equals(name))
                .findFirst()
                .orElseThrow();
        assertFalse(check.advice().isEmpty(), name);
        return check.result();
    }

    private static AgentFacts facts(
            boolean linked, long skewMillis, long certificateMillis, String selfCheck, long freeBytes) {
        return new AgentFacts(
                "1",
                true,
                linked,
                "10.0.0.1:8444",
                skewMillis,
                certificateMillis,
                selfCheck,
                1 << 20,
                20L << 30,
                freeBytes,
                "127.0.0.1:4001",
                "127.0.0.1:4003",
                "10.0.0.2:4000");
    }
}
