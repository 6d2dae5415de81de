package io.darter.swarm.scheduling;

import java.util.ArrayList;
import java.util.List;

/** What follows from a failed lease: who is not asked again, for how long, and whether the origin has to be. */
final class FailureDesk {
    private static final long BLOCK_NANOS = 500_000_000L;
    private static final long SUSPEND_NANOS = 5_000_000_000L;
    private static final long ORIGIN_BACKOFF_NANOS = 1_000_000_000L;
    private static final long PAUSE_NANOS = 50_000_000L;
    /** Failures of a parent without a success between them, after which nobody is sent to it for a while. */
    private static final int SUSPEND_AFTER = 3;

    private final LeaseBook leases;
    private final List<Member> suspended = new ArrayList<>();

    FailureDesk(LeaseBook leases) {
        this.leases = leases;
    }

    void settle(GrantedLease lease, FailureReason reason, long nowNanos) {
        leases.end(lease);
        Member parent = lease.parent;
        if (reason == FailureReason.RETURNED) {
            if (!lease.revokeAsked) {
                lease.child.setbacks().pausedUntilNanos =
                        nowNanos + PAUSE_NANOS; // else the same lease would go to and fro
            }
        } else if (parent == null) {
            originFailed(lease.child, reason, nowNanos);
        } else {
            parentFailed(lease, parent, reason, nowNanos);
        }
    }

    private void originFailed(Member fetcher, FailureReason reason, long nowNanos) {
        OriginBook origin = fetcher.content.origin;
        origin.lastFailure = reason;
        switch (reason) {
            case ORIGIN_REFUSED, MISSING, CORRUPT -> {
                fetcher.refused = true;
                origin.strikes++;
            }
            case CHANGED -> origin.strikes = Integer.MAX_VALUE;
            case UNREACHABLE, STALLED -> {
                origin.strikes++;
                Setbacks setbacks = fetcher.setbacks();
                setbacks.originBackoffUntilNanos =
                        nowNanos + (ORIGIN_BACKOFF_NANOS << Math.min(setbacks.originFailures++, 5));
            }
            case RETURNED -> {}
        }
        leases.wake(fetcher.content);
    }

    private void parentFailed(GrantedLease lease, Member parent, FailureReason reason, long nowNanos) {
        switch (reason) {
            case CORRUPT -> {
                boolean wasAskable = parent.askable();
                parent.quarantined = true;
                parent.content.trust.lied(parent.node.id);
                for (GrantedLease own : List.copyOf(parent.leases)) {
                    if (own.fromOrigin()) {
                        leases.endAndRevoke(own); // nobody would take the pieces from it
                    }
                }
                disappeared(parent, wasAskable);
            }
            case MISSING -> lacks(parent, lease);
            case STALLED, UNREACHABLE, ORIGIN_REFUSED, CHANGED -> {
                lease.child.setbacks().block(parent, nowNanos, BLOCK_NANOS);
                Setbacks setbacks = parent.setbacks();
                setbacks.failures++;
                if (setbacks.failures >= SUSPEND_AFTER && parent.askable()) {
                    setbacks.suspendedUntilNanos = nowNanos + SUSPEND_NANOS;
                    suspended.add(parent);
                    disappeared(parent, true);
                }
            }
            case RETURNED -> {}
        }
        leases.wakeChild(lease.child);
    }

    /** It does not hold what it said it holds; all else it may still send. */
    private void lacks(Member parent, GrantedLease lease) {
        for (int piece = lease.first(); piece < lease.end(); piece++) {
            if (!lease.child.have.get(piece) && parent.have.clear(piece) && parent.askable()) {
                parent.content.holderRemoved(piece);
            }
        }
        leases.refresh(parent);
        leases.wake(parent.content);
    }

    /** A lease on which nothing comes: the child has others send what it waits for, and does not ask there for a while. */
    void hopeless(GrantedLease lease, long nowNanos) {
        Member parent = lease.parent;
        leases.endAndRevoke(lease);
        if (parent != null) {
            parentFailed(lease, parent, FailureReason.STALLED, nowNanos);
        }
    }

    /** Its pieces can not be had from it any more; if nobody else holds them, the origin is asked. */
    private void disappeared(Member parent, boolean wasAskable) {
        if (wasAskable) {
            parent.content.holds(parent, false);
        }
        for (GrantedLease lease : List.copyOf(parent.serving)) {
            leases.endAndRevoke(lease);
        }
        leases.refresh(parent);
        leases.wake(parent.content);
    }

    /** Parents whose suspension is over are asked again. */
    void reinstate(long nowNanos) {
        for (int i = suspended.size() - 1; i >= 0; i--) {
            Member parent = suspended.get(i);
            Setbacks setbacks = parent.setbacks();
            if (setbacks.suspendedUntilNanos <= nowNanos) {
                suspended.remove(i);
                setbacks.suspendedUntilNanos = Long.MIN_VALUE;
                setbacks.failures = SUSPEND_AFTER - 1;
                if (parent.askable()) {
                    parent.content.holds(parent, true);
                    leases.refresh(parent);
                    leases.wakeParent(parent);
                }
            }
        }
    }
}
