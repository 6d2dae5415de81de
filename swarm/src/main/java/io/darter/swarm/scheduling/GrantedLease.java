package io.darter.swarm.scheduling;

import io.darter.swarm.PieceRun;
import org.jspecify.annotations.Nullable;

/** A lease that is not finished. */
final class GrantedLease {
    final long id;
    final Member child;
    /** Null: the origin. */
    final @Nullable Member parent;

    /** The run, kept as two numbers: there are several leases for each peer. */
    private final int first;

    private final int end;
    long progressNanos;
    boolean revokeAsked;
    boolean duplicate;
    boolean over;

    GrantedLease(long id, Member child, @Nullable Member parent, PieceRun run, long nowNanos) {
        this.id = id;
        this.child = child;
        this.parent = parent;
        this.first = run.first();
        this.end = run.end();
        this.progressNanos = nowNanos;
    }

    boolean fromOrigin() {
        return parent == null;
    }

    /** Index of the run's first piece. */
    int first() {
        return first;
    }

    /** Index after the run's last piece. */
    int end() {
        return end;
    }

    /** Number of pieces of the run. */
    int count() {
        return end - first;
    }

    boolean contains(int piece) {
        return piece >= first && piece < end;
    }

    /** True when the child holds every piece of the run, from wherever it came. */
    boolean delivered() {
        return child.have.nextClear(first) >= end;
    }
}
