package io.darter.swarm.simulation;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold after every event, kept from the events and commands alone, without looking into the scheduler: no
 * piece is granted from the origin while a node that may be asked holds it or another origin lease covers it, and no
 * parent has more leases than its queue.
 */
final class Invariants {
    private static final int TIMES_BOUND_MAX = 3;
    private static final int FAILURES_MAX = 3;
    private static final long SUSPENDED_NANOS = 5_200_000_000L;

    private final SchedulingPolicy policy;
    private final SimulationSettings settings;
    private final Map<Long, Open> open = new HashMap<>();
    private final Map<NodeId, Known> known = new HashMap<>();
    /** Leases that the scheduler asked to be given back. */
    private final Set<Long> revoked = new HashSet<>();

    private final int[] holders;
    private final int[] fetchers;
    /** Sent wrong bytes, or brought a wrong whole alone: who comes back is not believed again. */
    private final Set<NodeId> liars = new HashSet<>();

    private final Set<NodeId> suspects = new HashSet<>();
    /** Pieces that somebody who is believed holds or held since everything was last forgotten. */
    private PieceMap brought;

    final Kept kept = new Kept();
    /** Since the scheduler began, everything was forgotten once: whom it believes is its own affair. */
    private boolean restarted;

    private final List<String> violations = new ArrayList<>();

    /** A lease that is not over, as far as the scheduler can know; what it brings from the origin and has not yet. */
    private record Open(Lease lease, NodeId child, PieceMap fetching) {}

    /** What the scheduler has been told about one node since its link came up. */
    private static final class Known {
        final PieceMap have;
        final Set<Long> asChild = new HashSet<>();
        final Set<Long> asParent = new HashSet<>();
        boolean trusted = true;
        /** As a parent, since it last brought a lease to its end. */
        int failures;

        long failedNanos;
        /** Has said what it wants since everything was last forgotten. */
        boolean present;

        Known(int pieces) {
            have = new PieceMap(pieces);
        }

        /** Whoever failed again and again is not asked for a while. */
        boolean isSuspended(long nowNanos) {
            return failures >= FAILURES_MAX && nowNanos - failedNanos < SUSPENDED_NANOS;
        }
    }

    Invariants(SchedulingPolicy policy, SimulationSettings settings) {
        this.policy = policy;
        this.settings = settings;
        this.holders = new int[settings.pieces()];
        this.fetchers = new int[settings.pieces()];
        this.brought = new PieceMap(settings.pieces());
    }

    boolean hold() {
        return violations.isEmpty();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    void violated(String what) {
        violations.add(what);
    }

    /** Another scheduler takes over and knows nothing. */
    void newEpoch(Map<NodeId, PieceMap> held) {
        open.clear();
        known.clear();
        revoked.clear();
        Arrays.fill(holders, 0);
        Arrays.fill(fetchers, 0);
        forgetContent();
        kept.newEpoch(held);
    }

    private void forgetContent() {
        kept.forgetAway();
        liars.clear();
        suspects.clear();
        brought = new PieceMap(settings.pieces());
        restarted = false;
    }

    /** A run in which nothing was destroyed is over. */
    void took(long nanos, double boundNanos) {
        if (nanos > TIMES_BOUND_MAX * boundNanos) {
            violated(String.format(
                    Locale.ROOT, "it took %.2f times as long as the bound, though nothing broke", nanos / boundNanos));
        }
    }

    void before(SwarmEvent event, long nowNanos) {
        switch (event) {
            case SwarmEvent.NodeUp(NodeId node, NodeTraits _) -> {
                goesAway(node, nowNanos);
                forget(node);
                Known fresh = new Known(settings.pieces());
                fresh.trusted = !liars.contains(node);
                known.put(node, fresh);
            }
            case SwarmEvent.NodeDown(NodeId node) -> {
                goesAway(node, nowNanos);
                forget(node);
            }
            case SwarmEvent.Wanted wanted -> {
                Known node = known.get(wanted.node());
                if (node != null) {
                    letGo(node);
                    closeAll(
                            node.asParent); // who asks anew may hold less than before: all that it serves is taken back
                    node.present = true;
                    kept.isBack(wanted.node());
                }
                PieceMap have = wanted.have();
                for (int piece = 0; have != null && piece < have.pieces(); piece++) {
                    if (have.get(piece)) {
                        holds(wanted.node(), piece);
                    }
                }
                wanted.fetching().forEach(fetching -> stillFetching(wanted.node(), fetching));
            }
            case SwarmEvent.Verified(NodeId node, ContentKey _, long lease, PieceRun run, long _) ->
                verified(node, lease, run);
            case SwarmEvent.LeaseFailed(NodeId _, ContentKey _, long id, FailureReason reason) ->
                failed(id, reason, nowNanos);
            case SwarmEvent.Released(NodeId node, ContentKey _) -> releases(node);
            case SwarmEvent.NodeChanged _,
                    SwarmEvent.OriginBusy _,
                    SwarmEvent.WholeWrong _,
                    SwarmEvent.Proved _,
                    SwarmEvent.ReaderMoved _,
                    SwarmEvent.Tick _ -> {}
        }
    }

    /** It asks anew: what it was leased from others before is taken back. */
    private void letGo(Known node) {
        for (Long id : List.copyOf(node.asChild)) {
            Open lease = open.get(id);
            if (lease != null && lease.lease.source() instanceof Source.Peer) {
                close(id);
            }
        }
    }

    /** It is there and takes no part. */
    private void releases(NodeId id) {
        Known node = known.get(id);
        if (node != null) {
            forget(id);
            Known fresh = new Known(settings.pieces());
            fresh.trusted = !liars.contains(id);
            known.put(id, fresh);
        }
    }

    private void goesAway(NodeId id, long nowNanos) {
        Known node = known.get(id);
        if (node == null || !node.present || !node.trusted || restarted) {
            return;
        }
        PieceMap pieces = node.isSuspended(nowNanos) ? new PieceMap(settings.pieces()) : node.have.copy();
        for (Long lease : node.asChild) {
            Open own = open.get(lease);
            for (int piece = 0; own != null && piece < pieces.pieces(); piece++) {
                if (own.fetching.get(piece)) {
                    pieces.set(piece);
                }
            }
        }
        kept.linkBroke(id, pieces, nowNanos);
    }

    /** Unless somebody else was sent for it meanwhile, it is under way as it was before. */
    private void stillFetching(NodeId id, SwarmEvent.Fetching fetching) {
        Known node = known.get(id);
        if (node == null || !node.trusted || restarted || open.containsKey(fetching.leaseId())) {
            return;
        }
        PieceRun run = fetching.run();
        PieceMap pieces = new PieceMap(settings.pieces());
        for (int piece = run.first(); piece < run.end(); piece++) {
            if (!node.have.get(piece)) {
                if (fetchers[piece] > 0) {
                    return;
                }
                pieces.set(piece);
            }
        }
        if (pieces.count() > 0) {
            Lease lease = new Lease(
                    fetching.leaseId(), ContentKey.ofSha256Hex("5".repeat(64)), run, Source.ORIGIN, Long.MAX_VALUE);
            open.put(fetching.leaseId(), new Open(lease, id, pieces));
            node.asChild.add(fetching.leaseId());
            for (int piece = run.first(); piece < run.end(); piece++) {
                fetchers[piece] += pieces.get(piece) ? 1 : 0;
            }
        }
    }

    void after(SwarmCommand command, long nowNanos) {
        if (command instanceof SwarmCommand.Grant(NodeId child, Lease lease)) {
            granted(child, lease, nowNanos);
        } else if (command instanceof SwarmCommand.Forget) {
            forgetContent();
        } else if (command instanceof SwarmCommand.Discard(NodeId node, ContentKey _)) {
            releases(node);
        } else if (command instanceof SwarmCommand.GiveUp(NodeId node, ContentKey _, FailureReason _)) {
            Known given = known.get(node);
            closeAll(given == null ? Set.of() : given.asChild);
        } else if (command instanceof SwarmCommand.Revoke(NodeId _, ContentKey _, long id)) {
            Open lease = open.get(id);
            if (lease != null && (lease.lease.source() instanceof Source.Origin || !revoked.add(id))) {
                failedToSend(lease.lease, nowNanos);
                close(id); // asked for and not given back: the scheduler counts with it no more
            }
        } else if (command instanceof SwarmCommand.Restart(ContentKey _, List<NodeId> behind, List<NodeId> _)) {
            restarted(behind);
        }
    }

    /** Nobody holds anything, nothing is under way, and who lied alone may not be asked again. */
    private void restarted(List<NodeId> behind) {
        if (behind.size() == 1) {
            liars.add(behind.getFirst());
        }
        suspects.addAll(behind);
        kept.forgetAll();
        restarted = true;
        brought = new PieceMap(settings.pieces());
        open.clear();
        Arrays.fill(holders, 0);
        Arrays.fill(fetchers, 0);
        for (NodeId id : List.copyOf(known.keySet())) {
            Known fresh = new Known(settings.pieces());
            fresh.trusted = Objects.requireNonNull(known.put(id, fresh)).trusted && !liars.contains(id);
        }
    }

    private void granted(NodeId child, Lease lease, long nowNanos) {
        Known node = known.get(child);
        if (node == null) {
            violated("granted to " + child + ", which is not there");
            return;
        }
        Open granted = new Open(lease, child, new PieceMap(settings.pieces()));
        if (open.put(lease.id(), granted) != null) {
            violated("lease " + lease.id() + " granted twice");
        }
        node.asChild.add(lease.id());
        for (int piece = lease.run().first(); piece < lease.run().end(); piece++) {
            if (node.have.get(piece) && node.trusted && !suspects.contains(child)) {
                violated("piece " + piece + " granted to " + child + ", which holds it");
            }
        }
        switch (lease.source()) {
            case Source.Origin _ -> fromOrigin(granted, node, nowNanos);
            case Source.Peer(NodeId parent) -> fromPeer(lease, parent);
        }
    }

    private void fromOrigin(Open granted, Known node, long nowNanos) {
        PieceRun run = granted.lease.run();
        kept.violatedBy(run, id -> mayBeAsked(id, nowNanos), nowNanos).ifPresent(this::violated);
        for (int piece = run.first(); piece < run.end(); piece++) {
            NodeId holder = holders[piece] > 0 ? askableHolder(piece, nowNanos) : null;
            if (holder != null) {
                violated("piece " + piece + " granted from the origin while " + holder + " holds it");
            }
            if (!node.have.get(piece) && granted.fetching.set(piece) && ++fetchers[piece] > 1) {
                violated("piece " + piece + " granted twice from the origin");
            }
        }
    }

    /** It may be the node's turn to say what it holds, or it has and is believed. */
    private boolean mayBeAsked(NodeId id, long nowNanos) {
        Known node = known.get(id);
        return node == null || (node.trusted && !suspects.contains(id) && !node.isSuspended(nowNanos));
    }

    /** Nobody who takes part is trusted. */
    boolean everybodyLied() {
        return known.values().stream().noneMatch(node -> node.present && node.trusted);
    }

    private @Nullable NodeId askableHolder(int piece, long nowNanos) {
        for (Map.Entry<NodeId, Known> entry : known.entrySet()) {
            Known node = entry.getValue();
            if (node.trusted && node.have.get(piece) && !node.isSuspended(nowNanos)) {
                return entry.getKey();
            }
        }
        return null;
    }

    private void failedToSend(Lease lease, long nowNanos) {
        if (lease.source() instanceof Source.Peer(NodeId id) && known.containsKey(id)) {
            Known parent = Objects.requireNonNull(known.get(id));
            parent.failures++;
            parent.failedNanos = nowNanos;
        }
    }

    private void fromPeer(Lease lease, NodeId id) {
        Known parent = known.get(id);
        if (parent == null) {
            violated("leased from " + id + ", which is not there");
            return;
        }
        parent.asParent.add(lease.id());
        if (parent.asParent.size() > policy.queuePerParent()) {
            violated(id + " has " + parent.asParent.size() + " leases");
        }
        for (int piece = lease.run().first(); piece < lease.run().end(); piece++) {
            if (!parent.have.get(piece)) {
                violated("piece " + piece + " leased from " + id + ", which does not hold it");
            }
        }
    }

    private void verified(NodeId node, long leaseId, PieceRun run) {
        for (int piece = run.first(); piece < run.end(); piece++) {
            holds(node, piece);
        }
        Known state = known.get(node);
        for (Long id : state == null ? List.<Long>of() : List.copyOf(state.asChild)) {
            Open lease = open.get(id);
            if (lease != null
                    && state != null
                    && state.have.nextClear(lease.lease.run().first())
                            >= lease.lease.run().end()) {
                if (id == leaseId
                        && !revoked.contains(id)
                        && lease.lease.source() instanceof Source.Peer(NodeId parent)
                        && known.containsKey(parent)) {
                    Objects.requireNonNull(known.get(parent)).failures = 0;
                }
                close(id);
            }
        }
    }

    private void failed(long id, FailureReason reason, long nowNanos) {
        Open lease = open.get(id);
        close(id);
        if (lease != null && (reason == FailureReason.STALLED || reason == FailureReason.UNREACHABLE)) {
            failedToSend(lease.lease, nowNanos);
        }
        if (lease != null
                && reason == FailureReason.MISSING
                && lease.lease.source() instanceof Source.Peer(NodeId parent)) {
            lacks(known.get(parent), known.get(lease.child), lease.lease.run());
        }
        if (lease != null
                && reason == FailureReason.CORRUPT
                && lease.lease.source() instanceof Source.Peer(NodeId parent)) {
            Known liar = known.get(parent);
            if (liar != null && liar.trusted) {
                liar.trusted = false;
                liars.add(parent);
                count(liar, -1);
                closeAll(liar.asParent);
                for (Long own : List.copyOf(liar.asChild)) {
                    Open fetching = open.get(own);
                    if (fetching != null && fetching.lease.source() instanceof Source.Origin) {
                        close(own);
                    }
                }
            }
        }
    }

    private void lacks(@Nullable Known parent, @Nullable Known child, PieceRun run) {
        for (int piece = run.first(); parent != null && child != null && piece < run.end(); piece++) {
            if (!child.have.get(piece) && parent.have.clear(piece) && parent.trusted) {
                holders[piece]--;
            }
        }
    }

    private void holds(NodeId id, int piece) {
        Known node = known.get(id);
        if (node == null || !node.present || !isBelieved(id, node, piece) || !node.have.set(piece)) {
            return;
        }
        brought.set(piece);
        if (node.trusted) {
            holders[piece]++;
        }
        for (Long lease : node.asChild) {
            Open own = open.get(lease);
            // What a liar fetches nobody may ask it for: from now on the piece is not under way any more.
            if (own != null && own.fetching.clear(piece)) {
                fetchers[piece]--;
            }
        }
    }

    /** Those who were there when a whole was wrong are believed what they fetched since, or what others brought too. */
    private boolean isBelieved(NodeId id, Known node, int piece) {
        if (!suspects.contains(id) || brought.get(piece)) {
            return true;
        }
        return node.asChild.stream().map(open::get).anyMatch(lease -> lease != null && lease.fetching.get(piece));
    }

    private void forget(NodeId id) {
        Known node = known.remove(id);
        if (node != null) {
            if (node.trusted) {
                count(node, -1);
            }
            closeAll(node.asChild);
            closeAll(node.asParent);
        }
    }

    private void count(Known node, int change) {
        for (int piece = 0; piece < holders.length; piece++) {
            if (node.have.get(piece)) {
                holders[piece] += change;
            }
        }
    }

    private void closeAll(Set<Long> ids) {
        for (Long id : List.copyOf(ids)) {
            close(id);
        }
    }

    private void close(long id) {
        Open lease = open.remove(id);
        if (lease == null) {
            return;
        }
        remove(known.get(lease.child), id, true);
        switch (lease.lease.source()) {
            case Source.Origin _ -> {
                for (int piece = lease.lease.run().first();
                        piece < lease.lease.run().end();
                        piece++) {
                    fetchers[piece] -= lease.fetching.get(piece) ? 1 : 0;
                }
            }
            case Source.Peer(NodeId parent) -> remove(known.get(parent), id, false);
        }
    }

    private static void remove(@Nullable Known node, long id, boolean child) {
        if (node != null) {
            (child ? node.asChild : node.asParent).remove(id);
        }
    }
}
