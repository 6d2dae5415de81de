package io.darter.swarm.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever breaks, every node that stays finishes and no check fails. A failure names the command that shows it again. */
@Timeout(120)
class ChaosTest {
    @ParameterizedTest(name = "{0} nodes, {1} pieces, {2} seeds")
    @CsvSource({"2, 8, 60", "5, 20, 60", "12, 64, 60", "40, 64, 100", "100, 200, 3"})
    void whateverBreaksEveryNodeFinishesAndNoCheckFails(int nodes, int pieces, int seeds) {
        for (int seed = 1; seed <= seeds; seed++) {
            run(new SimulationSettings(nodes, pieces, seed, seed % 7, true));
        }
    }

    @Test
    void overManySeedsEveryKindOfFaultHappensAndEachSeedHasOnlySome() {
        Map<String, Integer> faults = new TreeMap<>();
        boolean someOff = false;
        for (int seed = 101; seed <= 220; seed++) {
            SimulationResult result = run(new SimulationSettings(12, 32, seed, 0, true));
            result.faults().forEach((kind, count) -> faults.merge(kind, count, Integer::sum));
            someOff |= result.faults().containsValue(0);
        }
        for (Fault fault : Fault.values()) {
            assertTrue(faults.getOrDefault(fault.json, 0) > 0, () -> fault.json + " never happened: " + faults);
        }
        for (String consequence : List.of("staleMessages", "lostMessages", "ownFetches")) {
            assertTrue(faults.getOrDefault(consequence, 0) > 0, () -> consequence + " never happened: " + faults);
        }
        assertTrue(someOff);
    }

    /** What is left of a group where a fetcher died or a disk forgot comes from elsewhere, and is handed on all the same. */
    @Test
    void groupsOfSmallPiecesThatAreTornApartComeTogether() {
        for (int seed = 1; seed <= 12; seed++) {
            run(new SimulationSettings(16, 1024, seed, 0, true, 64));
        }
    }

    @Test
    void withoutChaosNothingBreaks() {
        SimulationResult result = run(new SimulationSettings(12, 32, 1, 0, false));
        assertEquals(Map.of(), result.faults());
        assertFalse(result.json().contains("crossZoneRatio"), result::json);
    }

    @Test
    void theCommandThatAFailurePrintsReplaysIt() {
        for (int seed = 7; seed <= 12; seed++) {
            SimulationSettings settings = new SimulationSettings(9, 17, seed, 10, true, 512);
            String[] typed = settings.command().split(" ");
            assertEquals(List.of("./dev", "sim"), List.of(typed).subList(0, 2));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            PrintStream quiet = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
            String[] arguments = Arrays.copyOfRange(typed, 2, typed.length + 1);
            arguments[arguments.length - 1] = "--json";
            assertEquals(0, Simulate.run(arguments, new PrintStream(out, true, StandardCharsets.UTF_8), quiet));
            assertEquals(
                    run(settings).json(), out.toString(StandardCharsets.UTF_8).strip());
        }
        assertNotEquals(
                run(new SimulationSettings(9, 17, 7, 10, true)).eventDigest(),
                run(new SimulationSettings(9, 17, 8, 10, true)).eventDigest());
    }

    /** As many as a build has time for; 10,000 by command: {@code ./dev sim --chaos --nodes 10000 --pieces 64}. */
    @Test
    void aLargeSwarmBearsItToo() {
        run(new SimulationSettings(2_000, 64, 1, 5, true));
    }

    private static SimulationResult run(SimulationSettings settings) {
        SimulationResult result = new Simulation(settings).run();
        assertEquals(List.of(), result.violations(), settings::command);
        return result;
    }
}
