package io.darter.swarm.scheduling;

/** What the scheduler weighs of a node; zone and rack may be empty. */
public record NodeTraits(boolean seed, String zone, String rack, NodeDuty duty) {
    public NodeTraits(boolean seed, String zone, String rack) {
        this(seed, zone, rack, NodeDuty.FULL);
    }
}
