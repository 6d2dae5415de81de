package io.darter.swarm.scheduling;

import io.darter.swarm.PieceMap;
import java.util.ArrayList;
import java.util.List;

/** The leases of one content on its origin. */
final class OriginBook {
    /** Pieces of unfinished origin leases that have not arrived. */
    final PieceMap leased;
    /** Unfinished, in the order they were granted. */
    final List<GrantedLease> leases = new ArrayList<>();
    /** Pieces ever granted; those granted again count again. */
    long piecesGranted;
    /** Pieces that came from the origin. */
    long piecesDelivered;
    /** Refusals and failures since the origin last delivered. */
    int strikes;

    FailureReason lastFailure = FailureReason.UNREACHABLE;
    /** Seeds were asked to assist; others wait until this time. */
    long seedsAwaitedUntilNanos = Long.MIN_VALUE;

    boolean seedsAsked;

    OriginBook(int pieces) {
        this.leased = new PieceMap(pieces);
    }

    /** Nodes that have a lease: each has one connection. */
    int fetchers() {
        int fetchers = 0;
        for (int i = 0; i < leases.size(); i++) {
            if (isFirstOfItsNode(i)) {
                fetchers++;
            }
        }
        return fetchers;
    }

    private boolean isFirstOfItsNode(int index) {
        for (int i = 0; i < index; i++) {
            if (leases.get(i).child == leases.get(index).child) {
                return false;
            }
        }
        return true;
    }
}
