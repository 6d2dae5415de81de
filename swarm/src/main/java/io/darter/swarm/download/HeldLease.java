package io.darter.swarm.download;

import io.darter.swarm.Lease;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import org.jspecify.annotations.Nullable;

/** A lease that this node holds, waiting or running. */
final class HeldLease {
    final Lease lease;
    private int piecesToCome;

    HeldLease(Lease lease) {
        this.lease = lease;
    }

    /** The shortest part of the run that has everything in it which is not held; null if nothing is missing. */
    @Nullable
    PieceRun missing(PieceMap verified) {
        int first = verified.nextClear(lease.run().first());
        if (first >= lease.run().end()) {
            return null;
        }
        int last = lease.run().last();
        while (verified.get(last)) {
            last--;
        }
        return new PieceRun(first, last - first + 1);
    }

    /** The transfer of this run begins. */
    void started(PieceRun run) {
        piecesToCome = run.count();
    }

    /** A piece of the transfer arrived; true if it was the last. */
    boolean arrived() {
        return --piecesToCome == 0;
    }
}
