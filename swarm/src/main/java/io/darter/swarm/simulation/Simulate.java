package io.darter.swarm.simulation;

import java.io.PrintStream;
import java.util.List;

/** {@code ./dev sim}: runs the scheduler and the downloads in the model network and prints what came of it. */
public final class Simulate {
    private Simulate() {}

    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** Exit code: 0 good, 1 a run went wrong, 2 wrong usage. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        SimulateArguments arguments;
        try {
            arguments = SimulateArguments.parse(args);
        } catch (IllegalArgumentException e) {
            err.println("sim: " + e.getMessage());
            err.println(SimulateArguments.USAGE);
            return 2;
        }
        if (arguments.help()) {
            out.println(SimulateArguments.USAGE);
            return 0;
        }
        if (!arguments.json()) {
            out.println(Simulation.MODEL);
        } else {
            err.println(Simulation.MODEL);
        }
        return run(arguments, out, err);
    }

    private static int run(SimulateArguments arguments, PrintStream out, PrintStream err) {
        RunSummary summary = new RunSummary();
        for (int i = 0; i < arguments.runs(); i++) {
            SimulationSettings settings =
                    arguments.settings().withSeed(arguments.settings().seed() + i);
            long started = System.nanoTime();
            SimulationResult result = new Simulation(settings).run();
            if (arguments.runs() > 1 || !arguments.json()) {
                double seconds = (System.nanoTime() - started) / 1e9;
                (arguments.json() ? err : out).println(summary.line(result, seconds));
            }
            summary.add(result);
            if (!result.violations().isEmpty()) {
                List<String> what = result.violations();
                err.println("sim: seed " + settings.seed() + " went wrong: " + what.getFirst());
                err.println("to see it again: " + settings.command());
            }
        }
        if (!summary.missing().isEmpty()) {
            err.println(
                    "sim: in none of " + arguments.runs() + " runs happened: " + String.join(", ", summary.missing()));
        }
        out.println(summary.json());
        return summary.failed() > 0 || !summary.missing().isEmpty() ? 1 : 0;
    }
}
