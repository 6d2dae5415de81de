package io.darter.swarm.simulation;

/**
 * No schedule is faster: max(F/u_origin, F/d_min, N·F/(u_origin + Σu)) for unequal links (Kumar and Ross 2006), and some
 * piece times more, since pieces are passed on whole.
 */
final class Bound {
    private final Simulation simulation;

    Bound(Simulation simulation) {
        this.simulation = simulation;
    }

    /** @param lastArrivalNanos when the last node came, which can have nothing before */
    double nanos(long lastArrivalNanos) {
        double bytes = simulation.spec.sizeBytes();
        double origin = simulation.network.originBytesPerNano();
        double all = origin;
        double slowest = origin;
        double farthest = simulation.pieceNanos;
        for (SimNode node : simulation.nodes) {
            all += node.up.bytesPerNano;
            slowest = Math.min(slowest, node.down.bytesPerNano);
            farthest = Math.max(farthest, (double) node.extraLatencyNanos);
        }
        int count = simulation.nodes.size();
        double fluid = Math.max(bytes / slowest, count * bytes / all);
        double hops = Math.floor(Math.log(count) / Math.log(2) + 1e-9) + 1;
        return lastArrivalNanos + fluid + hops * (simulation.pieceBytes / slowest + farthest);
    }
}
