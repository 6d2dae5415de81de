package io.darter.swarm.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulateTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theLastLineIsTheResult() {
        assertEquals(0, run("--nodes", "5", "--pieces", "8", "--seed", "3", "--stragglers", "20", "--json"));
        String last = text(out).lines().toList().getLast();
        for (String field : List.of(
                "nodes",
                "pieces",
                "seed",
                "ratio",
                "stragglerRatio",
                "originRatio",
                "messagesPerPiece",
                "eventDigest",
                "faults")) {
            assertTrue(last.contains("\"" + field + "\":"), field + " is missing in " + last);
        }
    }

    @Test
    void theModelIsPrinted() {
        assertEquals(0, run("--nodes", "2", "--pieces", "4", "--chaos", "--runs", "2"));
        assertTrue(text(out).startsWith("model: "));
        assertTrue(text(out).lines().toList().getLast().contains("\"crashes\":"));
    }

    @Test
    void wrongUsageIsExplained() {
        for (String[] args : List.of(
                new String[] {"--nodes"},
                new String[] {"--nodes", "many"},
                new String[] {"--nodes", "0"},
                new String[] {"--stragglers", "101"},
                new String[] {"--fast"})) {
            assertEquals(2, run(args));
        }
        assertTrue(text(err).contains("usage: ./dev sim"));
        assertTrue(text(err).contains("--nodes needs a number, not \"many\""));
    }

    private int run(String... args) {
        return Simulate.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
