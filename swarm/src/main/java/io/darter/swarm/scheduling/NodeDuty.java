package io.darter.swarm.scheduling;

/** What an operator lets a node do for others. Its own wants are always served. */
public enum NodeDuty {
    FULL,
    /** Nothing new: it is named as no source and sent to no origin for others; transfers that it was named for end well. */
    CORDONED,
    /** Nothing at all: leases on it are taken back. */
    DRAINING
}
