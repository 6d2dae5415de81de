package io.darter.appliance.coordination;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this replica owns one cluster. The owner holds a lock that runs out by itself, and trusts it only until the
 * monotonic clock says that it may have: a process that was stopped finds out before it grants anything. The lock alone
 * never decides: each owner has an epoch above all before it, and agents follow none of a lower one.
 *
 * <p>Without Redis nobody takes over and the owner goes on: as long as it tries without a pause, it cannot have slept
 * through a takeover, and of one behind its back agents tell it.
 *
 * <p>One thread takes the turns; the questions may come from any.
 */
final class Ownership {
    static final long TTL_MILLIS = 3_000;

    private static final Logger log = LoggerFactory.getLogger(Ownership.class);
    private static final long TTL_NANOS = TTL_MILLIS * 1_000_000;
    /** How much later than the one before it each replica tries to take a lock that is free. */
    private static final long RANK_NANOS = 250_000_000;
    /** After Redis was away the present owner comes first: its lock may have run out or been lost meanwhile. */
    private static final long RETURN_NANOS = 2_000_000_000;

    private static final int RAISE_TRIES = 10;

    private final String clusterId;
    private final String replica;
    private final Contender contender;
    private final LongSupplier nanoTime;
    private volatile boolean owner;
    private volatile long sureUntilNanos;
    private volatile String lastOwner = "";
    private long epoch;
    private boolean free;
    private long freeSinceNanos;
    /** Turns in a row that Redis did not answer; one alone may be this machine's own slowness. */
    private int unanswered;

    private boolean returning;
    private long returnedNanos;

    Ownership(String clusterId, String replica, Contender contender, LongSupplier nanoTime) {
        this.clusterId = clusterId;
        this.replica = replica;
        this.contender = contender;
        this.nanoTime = nanoTime;
    }

    String clusterId() {
        return clusterId;
    }

    /** Whether this replica may grant now. Never waits. */
    boolean isSure() {
        return owner && nanoTime.getAsLong() - sureUntilNanos < 0;
    }

    /** Who owns it, as far as is known; empty: nobody. */
    String owner() {
        return owner ? replica : lastOwner;
    }

    /** @param live the names of the replicas that live, in any order; asked only while nobody owns the cluster */
    void turn(SharedLock lock, Supplier<List<String>> live) {
        if (owner) {
            hold(lock);
        } else {
            watch(lock, live);
        }
        unanswered = 0;
    }

    /**
     * Redis did not answer a turn.
     *
     * @param begunNanos when the turn began
     */
    void unreachable(long begunNanos) {
        unanswered++;
        if (unanswered > 1) {
            returning = true;
            returnedNanos = nanoTime.getAsLong();
            free = false;
        }
        // One that was sure when it began to ask has not slept: it goes on for as long as it asks.
        if (owner && begunNanos - sureUntilNanos < 0) {
            sureUntilNanos = nanoTime.getAsLong() + TTL_NANOS;
        }
    }

    /** Gives the cluster up, for another replica to take at once. */
    void release(SharedLock lock) {
        if (owner) {
            standDown("this replica stops");
            lock.release();
        }
    }

    private void hold(SharedLock lock) {
        long asked = nanoTime.getAsLong();
        if (!lock.extend()) {
            standDown("another replica holds the lock");
            return;
        }
        long shared = lock.epoch();
        if (contender.seen(clusterId) > epoch || shared > epoch) {
            standDown("there was a later owner");
            lock.release();
            return;
        }
        if (shared < epoch) {
            // This Redis has lost what was written to another.
            lock.raise(shared, epoch);
            lock.owner(replica);
        }
        sureUntilNanos = asked + TTL_NANOS;
    }

    private void watch(SharedLock lock, Supplier<List<String>> live) {
        long now = nanoTime.getAsLong();
        if (lock.remainingMillis() > 0) {
            free = false;
            lastOwner = lock.owner();
            return;
        }
        if (!free) {
            free = true;
            freeSinceNanos = now;
            lastOwner = "";
        }
        returning = returning && now - returnedNanos < RETURN_NANOS;
        if (!returning && now - freeSinceNanos >= rank(live.get()) * RANK_NANOS) {
            takeOver(lock);
        }
    }

    private void takeOver(SharedLock lock) {
        long asked = nanoTime.getAsLong();
        if (!lock.extend()) {
            return;
        }
        long next = raised(lock);
        if (next == 0 || nanoTime.getAsLong() - asked >= TTL_NANOS) {
            return; // slept meanwhile: the lock may be another's
        }
        lock.owner(replica);
        epoch = next;
        free = false;
        sureUntilNanos = asked + TTL_NANOS;
        owner = true;
        log.atInfo()
                .addKeyValue("cluster", clusterId)
                .addKeyValue("epoch", epoch)
                .log("this replica takes the cluster over");
        contender.gained(clusterId, epoch);
    }

    /** An epoch above all that anybody knows of; 0 if others were faster each time. */
    private long raised(SharedLock lock) {
        for (int tried = 0; tried < RAISE_TRIES; tried++) {
            long shared = lock.epoch();
            long next = Math.max(shared, contender.seen(clusterId)) + 1;
            if (lock.raise(shared, next)) {
                return next;
            }
        }
        return 0;
    }

    private void standDown(String reason) {
        owner = false;
        free = false;
        log.atWarn()
                .addKeyValue("cluster", clusterId)
                .addKeyValue("epoch", epoch)
                .addKeyValue("reason", reason)
                .log("this replica no longer owns the cluster");
        contender.lost(clusterId);
    }

    /** This replica's place among those that live, by a hash that is another for each cluster. */
    private int rank(List<String> live) {
        List<String> order = live.stream()
                .sorted(Comparator.comparingLong((String name) -> weight(clusterId, name))
                        .reversed()
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        int place = order.indexOf(replica);
        return place < 0 ? order.size() : place;
    }

    static long weight(String clusterId, String replica) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((clusterId + '\n' + replica).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
