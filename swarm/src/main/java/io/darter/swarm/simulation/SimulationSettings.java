package io.darter.swarm.simulation;

/**
 * One run of the model.
 *
 * @param nodes nodes that want the content, at least 1
 * @param pieces pieces it is cut into, at least 1
 * @param seed decides everything that is left to chance
 * @param stragglersPercent 0 to 100: part of the nodes with a tenth of the rate, both ways
 * @param chaos whether things break
 */
public record SimulationSettings(int nodes, int pieces, long seed, int stragglersPercent, boolean chaos) {
    public SimulationSettings {
        if (nodes < 1 || nodes > 100_000) {
            throw new IllegalArgumentException("nodes is 1 to 100000, not " + nodes);
        }
        if (pieces < 1 || pieces > 1_000_000) {
            throw new IllegalArgumentException("pieces is 1 to 1000000, not " + pieces);
        }
        if (stragglersPercent < 0 || stragglersPercent > 100) {
            throw new IllegalArgumentException("stragglers is 0 to 100 percent, not " + stragglersPercent);
        }
    }

    SimulationSettings withSeed(long other) {
        return new SimulationSettings(nodes, pieces, other, stragglersPercent, chaos);
    }

    /** What a person types to see this run again. */
    String command() {
        return "./dev sim --nodes " + nodes + " --pieces " + pieces + " --seed " + seed
                + (stragglersPercent > 0 ? " --stragglers " + stragglersPercent : "") + (chaos ? " --chaos" : "");
    }
}
