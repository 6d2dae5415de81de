package io.darter.swarm.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SimulateTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void jsonIsOneLineThatSaysWhatWasRunAndWhatCameOfIt() {
        assertEquals(0, run("--nodes", "3", "--pieces", "4", "--seed", "9", "--json"));
        String text = text(out).strip();
        assertTrue(text.startsWith("{\"nodes\":3,\"pieces\":4,\"seed\":9,\"ratio\":"), text);
        assertTrue(text.contains("\"originRatio\":1.0000"), text);
        assertEquals(1, text.lines().count());
    }

    @Test
    void peopleAreToldTheModel() {
        assertEquals(0, run("--nodes", "2", "--pieces", "2"));
        assertTrue(text(out).contains(Simulation.MODEL));
    }

    @Test
    void wrongUsageIsSaidInWordsWithTheRightUsage() {
        assertEquals(2, run("--nodes", "many"));
        assertTrue(text(err).contains("--nodes needs a number, not \"many\""), text(err));
        assertTrue(text(err).contains(SimulateArguments.USAGE));
        assertEquals(2, run("--nodes", "0"));
        assertEquals(2, run("--frobnicate"));
        assertEquals(2, run("--seed"));
        assertEquals("", text(out));
    }

    @Test
    void helpIsNoError() {
        assertEquals(0, run("--help"));
        assertTrue(text(out).contains("usage:"));
    }

    private int run(String... args) {
        return Simulate.run(args, stream(out), stream(err));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
