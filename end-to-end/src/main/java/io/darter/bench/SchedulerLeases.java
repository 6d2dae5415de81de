package io.darter.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One operation is one lease: the report of its piece, and the answer with what the child is granted next. Every iteration
 * begins with peers that hold half, and ends before they have enough to make it easy.
 */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SchedulerLeases {
    @Param("10000")
    public int nodes;

    @Param("512")
    public int pieces;

    /** Each iteration makes its own; until the first a small one. */
    private SchedulerWorld world = new SchedulerWorld(2, 2, 0);

    private long seed;

    /** A new swarm: by its end the one before has become another problem. */
    @Setup(Level.Iteration)
    public void swarm() {
        world = new SchedulerWorld(nodes, pieces, ++seed);
    }

    /** A report and its answer; a tick when one is due, as in the appliance. A swarm that is done makes room for another. */
    @Benchmark
    public int lease() {
        if (world.openLeases() == 0) {
            swarm();
        }
        world.tickIfDue();
        return world.complete();
    }
}
