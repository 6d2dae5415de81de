package io.darter.swarm.simulation;

import java.util.List;

/** The command line of {@link Simulate}. */
record SimulateArguments(SimulationSettings settings, int runs, boolean json, boolean help) {
    static final String USAGE = "usage: ./dev sim --nodes N --pieces P --seed S [--stragglers PCT] [--chaos] [--runs R]"
            + " [--piece-kib K] [--json]";

    /** @throws IllegalArgumentException with words for the person who typed it */
    static SimulateArguments parse(String[] args) {
        boolean chaos = List.of(args).contains("--chaos");
        // What breaks shows in small swarms, and many seeds find more than large ones.
        int nodes = chaos ? 40 : 100;
        int pieces = chaos ? 64 : 256;
        long seed = 1;
        int stragglers = 0;
        int runs = 1;
        int pieceKib = SimulationSettings.DEFAULT_PIECE_KIB;
        boolean json = false;
        boolean help = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--nodes" -> nodes = (int) number(args, ++i, 1, 100_000);
                case "--pieces" -> pieces = (int) number(args, ++i, 1, 1_000_000);
                case "--seed" -> seed = number(args, ++i, Long.MIN_VALUE, Long.MAX_VALUE);
                case "--stragglers" -> stragglers = (int) number(args, ++i, 0, 100);
                case "--runs" -> runs = (int) number(args, ++i, 1, 1_000_000);
                case "--piece-kib" -> pieceKib = (int) number(args, ++i, 1, 65_536);
                case "--chaos" -> {}
                case "--json" -> json = true;
                case "--help", "-h" -> help = true;
                default -> throw new IllegalArgumentException("unknown argument " + args[i]);
            }
        }
        SimulationSettings settings = new SimulationSettings(nodes, pieces, seed, stragglers, chaos, pieceKib);
        return new SimulateArguments(settings, runs, json, help);
    }

    private static long number(String[] args, int index, long min, long max) {
        String name = args[index - 1];
        if (index >= args.length) {
            throw new IllegalArgumentException(name + " needs a number");
        }
        try {
            long value = Long.parseLong(args[index]);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " needs a number, not \"" + args[index] + "\"", e);
        }
        throw new IllegalArgumentException(name + " is " + min + " to " + max + ", not " + args[index]);
    }
}
