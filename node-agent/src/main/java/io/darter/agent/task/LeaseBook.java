package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The leases of one download with what belongs to them: transfers and failures. Owned by the download's thread. */
final class LeaseBook {
    private final Map<Long, GrantedLease> leases = new HashMap<>();
    private final Map<Long, Running> running = new HashMap<>();
    private final Map<Long, DarterException> failures = new HashMap<>();
    private final List<Long> done = new ArrayList<>();

    /** The last transfer from the origin, until it is over. */
    private volatile @Nullable Transfer fetching;

    private record Running(Transfer transfer, TransferRun run) {}

    void granted(GrantedLease lease) {
        leases.put(lease.lease().id(), lease);
    }

    GrantedLease get(long leaseId) {
        GrantedLease lease = leases.get(leaseId);
        if (lease == null) {
            throw new IllegalStateException("no such lease: " + leaseId);
        }
        return lease;
    }

    void start(Transfer transfer, TransferRun run) {
        running.put(transfer.leaseId(), new Running(transfer, run));
        if (transfer.source() instanceof Source.Origin) {
            fetching = transfer;
        }
        Thread.ofVirtual().name("transfer " + transfer.leaseId()).start(run);
    }

    /** Whether the scheduler said which digest the piece has. */
    boolean provable(long leaseId, int piece) {
        GrantedLease lease = leases.get(leaseId);
        return lease != null && lease.digest(piece).isPresent();
    }

    /** A piece of a transfer arrived; true if it was the transfer's last. */
    boolean arrived(long leaseId, int piece) {
        Running transfer = running.get(leaseId);
        if (transfer == null || transfer.transfer().run().last() != piece) {
            return false;
        }
        ended(leaseId);
        done.add(leaseId); // until it is reported, the lease's source is asked for
        return true;
    }

    void failed(long leaseId, DarterException cause) {
        ended(leaseId);
        failures.put(leaseId, cause);
    }

    private void ended(long leaseId) {
        running.remove(leaseId);
        Transfer last = fetching;
        if (last != null && last.leaseId() == leaseId) {
            fetching = null;
        }
    }

    /** What comes from the origin at the moment. Any thread. */
    Optional<PieceRun> atOrigin() {
        return Optional.ofNullable(fetching).map(Transfer::run);
    }

    /** Forgets a lease that ended early. */
    @Nullable
    DarterException forget(long leaseId) {
        leases.remove(leaseId);
        return failures.remove(leaseId);
    }

    /** Everything that is done has been reported. */
    void reported() {
        done.forEach(leases::remove);
        done.clear();
    }

    /** Whether anything that the scheduler granted on the origin is still waiting or running. */
    boolean holdsGrantedOrigin() {
        return leases.entrySet().stream()
                .anyMatch(entry -> !Autonomy.isOwn(entry.getKey())
                        && entry.getValue().parent().isEmpty()
                        && !done.contains(entry.getKey()));
    }

    /** What is held or on its way, by whomever it was granted. */
    PieceMap taken(PieceMap verified) {
        PieceMap taken = verified.copy();
        for (GrantedLease lease : leases.values()) {
            if (!done.contains(lease.lease().id())) {
                PieceRun run = lease.lease().run();
                for (int piece = run.first(); piece < run.end(); piece++) {
                    taken.set(piece);
                }
            }
        }
        return taken;
    }

    boolean isIdle() {
        return leases.size() == done.size();
    }

    /** Granted leases whose transfer has not begun. */
    List<Long> notStarted() {
        return leases.keySet().stream()
                .filter(id -> !Autonomy.isOwn(id) && !running.containsKey(id) && !done.contains(id))
                .toList();
    }

    /** What comes from the origin now because a scheduler granted it: its successor is not to send another for it. */
    List<SwarmEvent.Fetching> fetching() {
        return running.values().stream()
                .map(Running::transfer)
                .filter(transfer -> transfer.source() instanceof Source.Origin && !Autonomy.isOwn(transfer.leaseId()))
                .map(transfer -> new SwarmEvent.Fetching(transfer.leaseId(), transfer.run()))
                .toList();
    }

    /** Self-made transfers end after the piece that they are at. */
    void stopOwn() {
        running.forEach((id, transfer) -> {
            if (Autonomy.isOwn(id)) {
                transfer.run().stopAfterPiece();
            }
        });
    }

    /** The download is over: what still runs is cut. */
    void cutAll() {
        running.values().forEach(transfer -> transfer.run().cut());
    }
}
