package io.darter.swarm.simulation;

/**
 * One run of the model.
 *
 * @param nodes nodes that want the content, at least 1
 * @param pieces pieces it is cut into, at least 1
 * @param seed decides everything that is left to chance
 * @param stragglersPercent 0 to 100: part of the nodes with a tenth of the rate, both ways
 * @param chaos whether things break
 * @param pieceKib size of a piece; the links' rate follows, so that one piece time stays what it is
 */
public record SimulationSettings(int nodes, int pieces, long seed, int stragglersPercent, boolean chaos, int pieceKib) {
    /** One piece of 4 MiB takes so long on a link of 1 Gbit/s. */
    static final long PIECE_NANOS = 33_554_432;

    static final int DEFAULT_PIECE_KIB = 4096;

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
        if (pieceKib < 1 || pieceKib > 65_536) {
            throw new IllegalArgumentException("piece-kib is 1 to 65536, not " + pieceKib);
        }
    }

    public SimulationSettings(int nodes, int pieces, long seed, int stragglersPercent, boolean chaos) {
        this(nodes, pieces, seed, stragglersPercent, chaos, DEFAULT_PIECE_KIB);
    }

    int pieceBytes() {
        return pieceKib << 10;
    }

    SimulationSettings withSeed(long other) {
        return new SimulationSettings(nodes, pieces, other, stragglersPercent, chaos, pieceKib);
    }

    /** What a person types to see this run again. */
    String command() {
        return "./dev sim --nodes " + nodes + " --pieces " + pieces + " --seed " + seed
                + (stragglersPercent > 0 ? " --stragglers " + stragglersPercent : "") + (chaos ? " --chaos" : "")
                + (pieceKib == DEFAULT_PIECE_KIB ? "" : " --piece-kib " + pieceKib);
    }
}
