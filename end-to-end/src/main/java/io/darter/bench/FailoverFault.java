package io.darter.bench;

/** What dies in {@code ./dev bench failover}. */
enum FailoverFault {
    /** The run that the others are compared with. */
    NONE("none", true),
    SCHEDULER_KILLED("owning scheduler killed, started again after 6 s", true),
    SCHEDULER_STOPPED("owning scheduler stopped for 8 s (SIGSTOP)", true),
    ALL_REPLICAS_DOWN("all appliance replicas down for good", true),
    REDIS_KILLED("redis killed", true),
    REDIS_MASTER_KILLED("redis master killed, with two replicas and Sentinel", true),
    FETCHER_KILLED("origin fetcher killed, no seed", false),
    SEED_KILLED("seed killed", true);

    final String words;
    final boolean seed;

    FailoverFault(String words, boolean seed) {
        this.words = words;
        this.seed = seed;
    }
}
