package io.darter.swarm.simulation;

/**
 * What chaos breaks or makes unequal. A seed has about half of the kinds (swarm testing: Groce et al., Swarm testing, ISSTA
 * 2012), since a fault that always happens hides those that only happen without it.
 */
enum Fault {
    /** Nodes with a quarter to twice the rate of the others. */
    UNEQUAL_LINKS("unequalLinks", false),
    /** Nodes far away: messages and requests take up to two piece times longer. */
    FAR_NODES("farNodes", false),
    /** Racks in zones; counted are the pieces that cross from one zone to another. */
    ZONES("zoneCrossings", false),
    /** The origin sends no faster than a part of a node's rate. */
    SLOW_ORIGIN("slowOrigins", false),
    /** The origin answers so many requests at once, and the rest with 503. */
    CAPPED_ORIGIN("cappedRequests", true),
    /** For a while the origin answers every request with 503 or 429. */
    BUSY_ORIGIN("busyAnswers", true),
    /** The origin cuts its answer in the middle. */
    ORIGIN_CUTS("originCuts", true),
    /** A disk can not be read for a while. */
    DISK_FAILURES("diskFailures", true),
    /** A piece at rest is not what it was. */
    FLIPPED_BITS("flippedBits", true),
    /** A parent sends bytes that are not the piece. */
    CORRUPT_PIECES("corruptPieces", true),
    /** A fetcher gives wrong bytes of the origin their own digests. */
    WRONG_FETCHES("wrongFetches", true),
    /** A parent takes a request and sends nothing. */
    STALLS("stalls", true),
    /** An agent dies and comes back with what its journal kept. */
    CRASHES("crashes", true),
    /** A machine loses its power: the last pieces are gone too. */
    POWER_LOSSES("powerLosses", true),
    /** An agent comes back with an empty disk. */
    LOST_DISKS("lostDisks", true),
    /** The scheduler dies; another takes over after a moment without any. */
    FAILOVERS("failovers", true),
    /** The scheduler lives and lost its lock: nodes change to the new one one by one, old leases arrive late. */
    DEPOSED("deposedSchedulers", true),
    /** The stream of one node breaks, with all that was in it. */
    LINK_LOSSES("linkLosses", true),
    /** A node's new stream says hello before the scheduler saw the old one break. */
    REPEATED_HELLOS("repeatedHellos", true),
    /** Between one node and the scheduler nothing gets through for a while, and everything after it. */
    SILENCES("silences", true),
    /** Some nodes do not reach the others for a while. */
    PARTITIONS("partitions", true),
    /** Clocks minutes off, that go too fast or too slow. */
    SKEWED_CLOCKS("skewedClocks", false),
    /** Single messages are late, and with them what comes after them on the same stream. */
    LATE_MESSAGES("lateMessages", false),
    /** Nodes come later than the others. */
    LATE_ARRIVALS("lateArrivals", false),
    /** Nodes go for good. */
    LEAVINGS("leavings", true);

    final String json;
    /** Whether the time that a run takes says nothing any more. */
    final boolean destructive;

    Fault(String json, boolean destructive) {
        this.json = json;
        this.destructive = destructive;
    }
}
