package io.darter.bench;

/** What dies in {@code ./dev bench failover}. */
enum FailoverFault {
    /** The run that the others are compared with. */
    NONE("none", 1, true),
    SCHEDULER_KILLED("owning scheduler killed, started again after 6 s", 1, true),
    SCHEDULER_STOPPED("owning scheduler stopped for 8 s (SIGSTOP)", 1, true),
    ALL_REPLICAS_DOWN("all appliance replicas down for good", 1, true),
    REDIS_KILLED("redis killed", 1, true),
    REDIS_MASTER_KILLED("redis master killed, with two replicas and Sentinel", 1, true),
    FETCHER_KILLED("origin fetcher killed, no seed", 1, false),
    SEED_KILLED("seed killed", 1, true),
    /** The run that those with several replicas are compared with. */
    NONE_OF_THREE("none, three replicas", 3, true),
    OWNER_KILLED("owning replica of three killed for good", 3, true),
    OWNER_STOPPED("owning replica of three stopped for 8 s (SIGSTOP)", 3, true),
    ALL_THREE_KILLED("all three replicas killed, started again after 6 s", 3, true),
    REDIS_MASTER_OF_THREE("redis master of three replicas killed right after a grant", 3, true);

    final String words;
    final int replicas;
    final boolean seed;

    FailoverFault(String words, int replicas, boolean seed) {
        this.words = words;
        this.replicas = replicas;
        this.seed = seed;
    }

    /** Nothing is injected. */
    boolean calm() {
        return this == NONE || this == NONE_OF_THREE;
    }
}
