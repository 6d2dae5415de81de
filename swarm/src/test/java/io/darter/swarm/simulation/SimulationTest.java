package io.darter.swarm.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimulationTest {
    @Test
    void swarmsOfEverySizeFinishAndTheOriginSendsEverythingOnce() {
        for (int nodes : new int[] {1, 2, 3, 5, 8, 21, 60}) {
            for (int pieces : new int[] {1, 2, 7, 64}) {
                for (long seed = 1; seed <= 3; seed++) {
                    SimulationResult result = run(new SimulationSettings(nodes, pieces, seed, 0, false));
                    assertEquals(
                            1.0, result.originRatio(), 1e-9, result.settings().command());
                }
            }
        }
    }

    @Test
    void theSameSeedIsTheSameRunAndAnotherIsNot() {
        SimulationSettings settings = new SimulationSettings(40, 64, 5, 10, true);
        assertEquals(run(settings), run(settings));
        assertNotEquals(run(settings).eventDigest(), run(settings.withSeed(6)).eventDigest());
    }

    @Test
    void twentyNodesAreCloseToTheBound() {
        SimulationResult result = run(new SimulationSettings(20, 256, 1, 0, false));
        assertAtMost(1.10, result.ratio());
        assertAtMost(1.5, result.messagesPerPiece());
    }

    @Test
    void aThousandNodesAreCloseToTheBound() {
        SimulationResult result = run(new SimulationSettings(1000, 256, 1, 0, false));
        System.out.println(result.json());
        assertEquals(1.0, result.originRatio(), 1e-9);
        assertAtMost(1.15, result.ratio());
        assertAtMost(1.5, result.messagesPerPiece());
    }

    @Test
    void slowNodesDoNotHoldUpTheOthers() {
        SimulationResult result = run(new SimulationSettings(200, 128, 1, 5, false));
        assertEquals(1.0, result.originRatio(), 1e-9);
        assertAtMost(1.3, result.ratio());
        assertAtMost(1.1, result.stragglerRatio());
    }

    @Test
    void everyLivingNodeFinishesWhateverBreaks() {
        for (long seed = 1; seed <= 40; seed++) {
            run(new SimulationSettings(30, 48, seed, seed % 3 == 0 ? 10 : 0, true));
        }
    }

    private static SimulationResult run(SimulationSettings settings) {
        SimulationResult result = new Simulation(settings).run();
        assertEquals(List.of(), result.violations(), settings.command());
        return result;
    }

    private static void assertAtMost(double limit, @Nullable Double value) {
        assertTrue(value != null && value <= limit, value + " is more than " + limit);
    }
}
