package io.darter.swarm.scheduling;

/** Which nodes may be sent to the origin. */
public enum OriginFetchers {
    /** Only seeds while one is up and answers; else any node that wants the content. */
    SEEDS_FIRST,
    /** Only seeds; without one nothing is fetched. */
    SEEDS,
    /** Any node that takes part. */
    ANY
}
