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

    private final List<String> violations = new ArrayList<>();

    /** A lease that is not over, as far as the scheduler can know; what it brings from the origin and has not yet. */
    private record Open(Lease lease, NodeId child, PieceMap fetching) {}

    /** What the scheduler has been told about one node since its link came up. */
    private static final class Known {
        final PieceMap have;
        final Set<Long> asChild = new HashSet<>();
        final Set<Long> asParent = new HashSet<>();
        boolean trusted = true;
        /** Has said what it wants since everything was last forgotten. */
        boolean present;

        Known(int pieces) {
            have = new PieceMap(pieces);
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

    void before(SwarmEvent event) {
        switch (event) {
            case SwarmEvent.NodeUp(NodeId node, NodeTraits _) -> {
                forget(node);
                Known fresh = new Known(settings.pieces());
                fresh.trusted = !liars.contains(node);
                known.put(node, fresh);
            }
            case SwarmEvent.NodeDown(NodeId node) -> forget(node);
            case SwarmEvent.Wanted wanted -> {
                Known node = known.get(wanted.node());
                if (node != null) {
                    node.present = true;
                }
                PieceMap have = wanted.have();
                for (int piece = 0; have != null && piece < have.pieces(); piece++) {
                    if (have.get(piece)) {
                        holds(wanted.node(), piece);
                    }
                }
            }
            case SwarmEvent.Verified(NodeId node, ContentKey _, long _, PieceRun run, long _) -> verified(node, run);
            case SwarmEvent.LeaseFailed(NodeId _, ContentKey _, long id, FailureReason reason) -> failed(id, reason);
            case SwarmEvent.WholeWrong _,
                    SwarmEvent.Proved _,
                    SwarmEvent.ReaderMoved _,
                    SwarmEvent.Released _,
                    SwarmEvent.Tick _ -> {}
        }
    }

    void after(SwarmCommand command) {
        if (command instanceof SwarmCommand.Grant(NodeId child, Lease lease)) {
            granted(child, lease);
        } else if (command instanceof SwarmCommand.Revoke(NodeId _, ContentKey _, long id)) {
            if (open.containsKey(id) && !revoked.add(id)) {
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
        brought = new PieceMap(settings.pieces());
        open.clear();
        Arrays.fill(holders, 0);
        Arrays.fill(fetchers, 0);
        for (NodeId id : List.copyOf(known.keySet())) {
            Known fresh = new Known(settings.pieces());
            fresh.trusted = Objects.requireNonNull(known.put(id, fresh)).trusted && !liars.contains(id);
        }
    }

    private void granted(NodeId child, Lease lease) {
        Known node = known.get(child);
        if (node == null) {
            violated("granted to " + child + ", which is not there");
            return;
        }
        Open granted = new Open(lease, child, new PieceMap(settings.pieces()));
        open.put(lease.id(), granted);
        node.asChild.add(lease.id());
        switch (lease.source()) {
            case Source.Origin _ -> fromOrigin(granted, node);
            case Source.Peer(NodeId parent) -> fromPeer(lease, parent);
        }
    }

    private void fromOrigin(Open granted, Known node) {
        PieceRun run = granted.lease.run();
        for (int piece = run.first(); piece < run.end(); piece++) {
            if (holders[piece] > 0) {
                violated("piece " + piece + " granted from the origin while a node holds it");
            }
            if (!node.have.get(piece) && granted.fetching.set(piece) && ++fetchers[piece] > 1) {
                violated("piece " + piece + " granted twice from the origin");
            }
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

    private void verified(NodeId node, PieceRun run) {
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
                close(id);
            }
        }
    }

    private void failed(long id, FailureReason reason) {
        Open lease = open.get(id);
        close(id);
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
