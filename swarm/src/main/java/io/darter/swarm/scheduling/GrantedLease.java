package io.darter.swarm.scheduling;

import io.darter.swarm.PieceRun;
import org.jspecify.annotations.Nullable;

/** A lease that is not finished. */
final class GrantedLease {
    final long id;
    final Member child;
    /** Null: the origin. */
    final @Nullable Member parent;

    final PieceRun run;
    final long grantedNanos;
    long progressNanos;
    boolean revokeAsked;
    boolean duplicate;
    boolean over;

    GrantedLease(long id, Member child, @Nullable Member parent, PieceRun run, long nowNanos) {
        this.id = id;
        this.child = child;
        this.parent = parent;
        this.run = run;
        this.grantedNanos = nowNanos;
        this.progressNanos = nowNanos;
    }

    boolean fromOrigin() {
        return parent == null;
    }

    /** True when the child holds every piece of the run, from wherever it came. */
    boolean delivered() {
        return child.have.nextClear(run.first()) >= run.end();
    }
}
