package io.darter.appliance.coordination;

/** One cluster's lock and epoch, which all replicas see. Each method asks Redis and throws what Redisson throws. */
interface SharedLock {
    /** Milliseconds until the lock is free, whoever holds it; negative or 0: it is. */
    long remainingMillis();

    /** Takes the lock, or keeps it for {@link Ownership#TTL_MILLIS} from now; false if another replica holds it. */
    boolean extend();

    /** Gives it back, if this replica holds it. */
    void release();

    /** Of the last owner that this Redis knows of; 0: of none. */
    long epoch();

    /** Writes the epoch if it is still {@code expected}. */
    boolean raise(long expected, long epoch);

    /** The name of the last owner; empty: none. */
    String owner();

    void owner(String replica);
}
