package io.darter.swarm.scheduling;

import io.darter.swarm.PieceRun;
import java.util.List;

/** What only the passing of time brings: leases that are void, leases that wait too long on a slow parent. */
final class LeaseClock {
    /** A lease that is so many usual piece times old is taken back if it has not started and others can deliver. */
    private static final int REVOKE_PIECES = 8;

    private static final long REVOKE_NANOS_MIN = 50_000_000L;
    /** Part of all pieces that may be fetched twice so that the last ones do not wait for a slow parent. */
    private static final double DUPLICATES_MAX = 0.02;

    /** Without a piece for so long, though others could send it, a transfer that began is not waited for. */
    private static final long HOPELESS_NANOS = 600_000_000L;

    private static final int IDLE_SAMPLE = 64;

    private final LeaseBook leases;
    private final PeerMatcher matcher;
    private final FailureDesk failures;
    /** Leases below this number were there at the last tick; younger ones are not looked at yet. */
    private long grantedBeforeLastTick;

    private int idleTurn;

    LeaseClock(LeaseBook leases, PeerMatcher matcher, FailureDesk failures) {
        this.leases = leases;
        this.failures = failures;
        this.matcher = matcher;
    }

    void tick(long nowNanos) {
        leases.compact();
        List<GrantedLease> old = leases.byAge.stream()
                .takeWhile(lease -> lease.id < grantedBeforeLastTick)
                .filter(lease -> !lease.over)
                .toList();
        grantedBeforeLastTick = leases.nextId();
        for (GrantedLease lease : old) {
            if (!lease.over) {
                review(lease, nowNanos);
            }
        }
    }

    /** Origin leases that made no progress for the whole lease time are void. */
    void expire(ContentState content, long nowNanos) {
        for (GrantedLease lease : List.copyOf(content.origin.leases)) {
            if (nowNanos - lease.progressNanos > leases.policy.leaseNanos()) {
                lease.child.setbacks().originBackoffUntilNanos = nowNanos + leases.policy.leaseNanos();
                leases.endAndRevoke(lease);
            }
        }
    }

    private void review(GrantedLease lease, long nowNanos) {
        if (nowNanos - lease.progressNanos > leases.policy.leaseNanos()) {
            leases.endAndRevoke(lease);
            return;
        }
        double usualNanos = lease.child.content.pieceNanos * lease.count();
        long patienceNanos = Math.max(REVOKE_NANOS_MIN, (long) (REVOKE_PIECES * usualNanos));
        long waitedNanos = nowNanos - lease.progressNanos;
        if (waitedNanos < patienceNanos) {
            return;
        }
        boolean hopeless = waitedNanos >= Math.max(HOPELESS_NANOS, 2 * patienceNanos)
                && !leases.isSlowReceiver(lease.child.node)
                && lease.parent != null;
        if (lease.duplicate && !hopeless) {
            return;
        }
        Member other = matcher.alternative(lease, nowNanos);
        if (other == null) {
            return;
        }
        if (hopeless && lease.revokeAsked) {
            failures.hopeless(lease, nowNanos);
            return;
        }
        if (!lease.revokeAsked) {
            lease.revokeAsked = true;
            leases.command(new SwarmCommand.Revoke(lease.child.node.id, lease.child.content.key, lease.id));
        } else if (waitedNanos >= 2 * patienceNanos && isEndgame(lease.child) && mayDuplicate(lease)) {
            lease.duplicate = true;
            int missing = lease.child.have.nextClear(lease.first());
            lease.child.content.duplicatePieces++;
            leases.grantFromPeer(lease.child, other, PieceRun.of(missing), nowNanos);
        }
    }

    /** Nothing is left to ask for: all that the child lacks is under way. */
    private static boolean isEndgame(Member child) {
        return child.have.count() + child.requested.count() >= child.have.pieces();
    }

    private static boolean mayDuplicate(GrantedLease lease) {
        ContentState content = lease.child.content;
        return content.duplicatePieces < 1 + DUPLICATES_MAX * content.peerPiecesGranted;
    }

    /** Children that nobody thought of because nothing happened to them are looked at in turn. */
    void wakeIdle(ContentState content) {
        int size = content.hungry.size();
        idleTurn += IDLE_SAMPLE;
        for (int i = 0; i < Math.min(size, IDLE_SAMPLE); i++) {
            Member child = content.hungry.get(Math.floorMod(idleTurn + i, size));
            if (child.leases.isEmpty()) {
                leases.wakeChild(child);
            }
        }
    }
}
