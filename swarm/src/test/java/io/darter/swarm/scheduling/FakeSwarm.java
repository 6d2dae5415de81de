package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Nodes without a network around a {@link SwarmScheduler}. In each {@link #round} every parent sends one piece and
 * every origin connection brings one; a scenario says who joins, dies, lies or is slow. Whatever the scenario, the
 * limits of the policy and "once from the origin" are checked at each grant.
 */
final class FakeSwarm {
    static final int PIECE_BYTES = 4 << 20;
    static final long ROUND_NANOS = 30_000_000L;

    final SwarmScheduler scheduler;
    final List<SwarmCommand> said = new ArrayList<>();
    final List<Granted> grants = new ArrayList<>();
    long nowNanos;

    private final SchedulingPolicy policy;
    private final Map<ContentKey, ContentSpec> specs = new HashMap<>();
    private final Map<Holding, PieceMap> held = new HashMap<>();
    private final Map<Long, Granted> open = new LinkedHashMap<>();
    private final Set<NodeId> up = new HashSet<>();
    private final Set<NodeId> mute = new HashSet<>();
    private final Set<NodeId> corrupt = new HashSet<>();
    private final Map<NodeId, Integer> roundsPerPiece = new HashMap<>();
    private final List<SwarmEvent> answers = new ArrayList<>();
    private int rounds;
    int mostLeasesOnAParent;
    int mostOriginConnections;

    private record Holding(NodeId node, ContentKey content) {}

    /** A grant, and how many pieces its source held at that moment (all of them if it is the origin). */
    record Granted(NodeId child, Lease lease, int sourceHeld) {
        boolean fromOrigin() {
            return lease.source() instanceof Source.Origin;
        }

        boolean from(String node) {
            return lease.source().equals(new Source.Peer(id(node)));
        }
    }

    FakeSwarm(SchedulingPolicy policy) {
        this.policy = policy.withFixedPieceBytes(PIECE_BYTES);
        this.scheduler = new SwarmScheduler(this.policy, 1);
    }

    static NodeId id(String name) {
        return new NodeId(name);
    }

    /** A content of so many pieces. */
    ContentKey content(char hexDigit, int pieces, boolean ranges) {
        ContentKey key = ContentKey.ofSha256Hex(String.valueOf(hexDigit).repeat(64));
        specs.put(key, new ContentSpec(key, (long) pieces * PIECE_BYTES, ranges));
        return key;
    }

    /** A content of so many pieces that is one of a task, fetched from this registry. */
    ContentKey content(int number, int pieces, String task, String registry) {
        ContentKey key = ContentKey.ofSha256Hex(String.format(Locale.ROOT, "%064x", number));
        specs.put(key, new ContentSpec(key, (long) pieces * PIECE_BYTES, true, task, registry));
        return key;
    }

    // What happens to nodes

    void node(String name) {
        node(name, "", "");
    }

    void node(String name, String zone, String rack) {
        up(name, new NodeTraits(false, zone, rack));
    }

    void seed(String name) {
        up(name, new NodeTraits(true, "", ""));
    }

    /** A seed that does not answer when it is asked to assist. */
    void muteSeed(String name) {
        mute.add(id(name));
        seed(name);
    }

    private void up(String name, NodeTraits traits) {
        up.add(id(name));
        apply(new SwarmEvent.NodeUp(id(name), traits));
    }

    void down(String name) {
        NodeId node = id(name);
        up.remove(node);
        open.values().removeIf(granted -> granted.child.equals(node) || granted.from(name));
        held.keySet().removeIf(holding -> holding.node.equals(node));
        apply(new SwarmEvent.NodeDown(node));
    }

    void want(String name, ContentKey key) {
        apply(wanted(name, key, true));
    }

    SwarmEvent wantedFrom(String name, ContentKey key, int reader) {
        return new SwarmEvent.Wanted(id(name), spec(key), null, true, reader);
    }

    SwarmEvent wanted(String name, ContentKey key, boolean live) {
        return new SwarmEvent.Wanted(id(name), spec(key), have(id(name), key).copy(), live);
    }

    /** The node wants the content and has these pieces already, whatever it had before. */
    void wantHaving(String name, ContentKey key, int... pieces) {
        PieceMap have = new PieceMap(pieces(key));
        for (int piece : pieces) {
            have.set(piece);
        }
        held.put(new Holding(id(name), key), have);
        want(name, key);
    }

    /** A node comes up that holds the whole content. */
    void holder(String name, ContentKey key) {
        node(name);
        offer(name, key);
    }

    /** A node that is up holds the whole content, and says so. */
    void offer(String name, ContentKey key) {
        held.put(new Holding(id(name), key), PieceMap.full(pieces(key)));
        apply(wanted(name, key, false));
    }

    void release(String name, ContentKey key) {
        open.values()
                .removeIf(granted ->
                        granted.lease.content().equals(key) && (granted.child.equals(id(name)) || granted.from(name)));
        held.remove(new Holding(id(name), key));
        apply(new SwarmEvent.Released(id(name), key));
    }

    /** From now on what this node sends is not the piece. */
    void corrupt(String name) {
        corrupt.add(id(name));
    }

    /** The node sends a piece in so many rounds. */
    void slow(String name, int rounds) {
        roundsPerPiece.put(id(name), rounds);
    }

    // Time and transfers

    /** Every source sends one piece of its oldest lease. */
    void round() {
        rounds++;
        nowNanos += ROUND_NANOS;
        Set<Object> busy = new HashSet<>();
        for (Granted granted : List.copyOf(open.values())) {
            Object link = granted.fromOrigin() ? granted.child : granted.lease.source();
            if (open.containsKey(granted.lease.id()) && busy.add(link)) {
                send(granted);
            }
        }
        if (rounds % 4 == 0) {
            tick(0);
        }
    }

    void rounds(int count) {
        for (int i = 0; i < count; i++) {
            round();
        }
    }

    /** Goes on until all these nodes hold everything; fails when that takes too long. */
    void runUntilComplete(ContentKey key, String... names) {
        for (int left = 40 * pieces(key) + 400; ; left--) {
            boolean done = true;
            for (String name : names) {
                done &= have(id(name), key).isFull();
            }
            if (done) {
                return;
            }
            assertTrue(left > 0, () -> "never complete: " + scheduler.view(key) + "; open: " + open.values());
            round();
        }
    }

    void tick(long nanos) {
        nowNanos += nanos;
        apply(new SwarmEvent.Tick());
    }

    private void send(Granted granted) {
        int slowness = granted.lease.source() instanceof Source.Peer(NodeId parent)
                ? roundsPerPiece.getOrDefault(parent, 1)
                : 1;
        if (rounds % slowness != 0) {
            return;
        }
        if (granted.lease.source() instanceof Source.Peer(NodeId parent) && corrupt.contains(parent)) {
            fail(granted, FailureReason.CORRUPT);
            return;
        }
        deliver(granted, slowness * ROUND_NANOS);
    }

    /** The next piece of the lease arrives. */
    void deliver(Granted granted, long tookNanos) {
        Lease lease = granted.lease;
        PieceMap have = have(granted.child, lease.content());
        int piece = have.nextClear(lease.run().first());
        if (piece < lease.run().end()) {
            have.set(piece);
            apply(new SwarmEvent.Verified(granted.child, lease.content(), lease.id(), PieceRun.of(piece), tookNanos));
        }
    }

    void fail(Granted granted, FailureReason reason) {
        Lease lease = granted.lease;
        open.remove(lease.id());
        apply(new SwarmEvent.LeaseFailed(granted.child, lease.content(), lease.id(), reason));
    }

    /** The events arrive together, and what nodes answer at once arrives after them. */
    void apply(SwarmEvent... events) {
        List<SwarmEvent> next = List.of(events);
        while (!next.isEmpty()) {
            open.values().removeIf(this::isDelivered);
            for (SwarmCommand command : scheduler.apply(next, nowNanos)) {
                said.add(command);
                take(command);
            }
            next = List.copyOf(answers);
            answers.clear();
        }
    }

    private void take(SwarmCommand command) {
        switch (command) {
            case SwarmCommand.Describe(NodeId _, ContentKey key, PieceGeometry geometry) ->
                assertEquals(pieces(key), geometry.pieces());
            case SwarmCommand.Grant(NodeId child, Lease lease) -> granted(child, lease);
            case SwarmCommand.Revoke(NodeId node, ContentKey key, long lease) -> {
                if (open.remove(lease) != null) {
                    answers.add(new SwarmEvent.LeaseFailed(node, key, lease, FailureReason.RETURNED));
                }
            }
            case SwarmCommand.Assist(NodeId seed, ContentSpec content) -> {
                if (!mute.contains(seed)) {
                    answers.add(wanted(seed.value(), content.key(), false));
                }
            }
            case SwarmCommand.Restart(ContentKey key, List<NodeId> _, List<NodeId> members) ->
                members.forEach(node -> restarted(node, key));
            case SwarmCommand.Discard(NodeId node, ContentKey key) -> restarted(node, key);
            case SwarmCommand.GiveUp _, SwarmCommand.Forget _ -> {}
        }
    }

    /** Throws away what it holds and wants it anew. */
    private void restarted(NodeId node, ContentKey key) {
        held.remove(new Holding(node, key));
        open.values()
                .removeIf(granted ->
                        granted.child.equals(node) && granted.lease.content().equals(key));
        answers.add(wanted(node.value(), key, true));
    }

    /** The node has everything and finds the whole wrong. */
    void wholeIsWrong(String name, ContentKey key) {
        open.values().removeIf(granted -> granted.lease.content().equals(key));
        held.remove(new Holding(id(name), key));
        apply(new SwarmEvent.WholeWrong(id(name), key), wanted(name, key, true));
    }

    private void granted(NodeId child, Lease lease) {
        assertTrue(up.contains(child), "granted to a node that is down: " + lease);
        assertTrue(lease.expiresAtNanos() > nowNanos, "granted expired: " + lease);
        int sourceHeld = switch (lease.source()) {
            case Source.Origin _ -> fromOrigin(lease);
            case Source.Peer(NodeId parent) -> fromPeer(lease, parent);
        };
        Granted granted = new Granted(child, lease, sourceHeld);
        open.put(lease.id(), granted);
        grants.add(granted);
        long onSource = open.values().stream()
                .filter(other -> other.lease.source().equals(lease.source()))
                .count();
        if (granted.fromOrigin()) {
            int connections = (int) open.values().stream()
                    .filter(other -> other.fromOrigin() && other.lease.content().equals(lease.content()))
                    .map(Granted::child)
                    .distinct()
                    .count();
            mostOriginConnections = Math.max(mostOriginConnections, connections);
            assertTrue(connections <= policy.originConnectionsPerTask(), "too many origin connections");
            String task = spec(lease.content()).task();
            connections = originConnections(spec -> spec.task().equals(task));
            assertTrue(connections <= policy.originConnectionsPerTask(), "too many origin connections of a task");
        } else {
            mostLeasesOnAParent = Math.max(mostLeasesOnAParent, (int) onSource);
            assertTrue(onSource <= policy.queuePerParent(), "too many leases on a parent");
        }
    }

    private int fromOrigin(Lease lease) {
        for (Granted other : open.values()) {
            if (other.fromOrigin() && other.lease.content().equals(lease.content())) {
                for (int piece = lease.run().first(); piece < lease.run().end(); piece++) {
                    boolean fetched = !other.lease.run().contains(piece)
                            || have(other.child, lease.content()).get(piece);
                    assertTrue(fetched, "piece " + piece + " granted twice from the origin: " + other);
                }
            }
        }
        return pieces(lease.content());
    }

    private int fromPeer(Lease lease, NodeId parent) {
        assertTrue(up.contains(parent), "a node that is down is a parent: " + lease);
        PieceMap have = have(parent, lease.content());
        for (int piece = lease.run().first(); piece < lease.run().end(); piece++) {
            assertTrue(have.get(piece), parent + " does not hold piece " + piece);
        }
        return have.count();
    }

    private boolean isDelivered(Granted granted) {
        PieceRun run = granted.lease.run();
        return have(granted.child, granted.lease.content()).nextClear(run.first()) >= run.end();
    }

    // What a scenario asks

    PieceMap have(String name, ContentKey key) {
        return have(id(name), key);
    }

    private PieceMap have(NodeId node, ContentKey key) {
        return held.computeIfAbsent(new Holding(node, key), _ -> new PieceMap(pieces(key)));
    }

    int pieces(ContentKey key) {
        return Math.toIntExact(spec(key).sizeBytes() / PIECE_BYTES);
    }

    private ContentSpec spec(ContentKey key) {
        ContentSpec spec = specs.get(key);
        assertNotNull(spec);
        return spec;
    }

    List<Granted> openLeases() {
        return List.copyOf(open.values());
    }

    /** Of all contents that are asked about, one for each node and content. */
    int originConnections(Predicate<ContentSpec> which) {
        return (int) open.values().stream()
                .filter(granted -> granted.fromOrigin() && which.test(spec(granted.lease.content())))
                .map(granted -> new Holding(granted.child, granted.lease.content()))
                .distinct()
                .count();
    }

    int originConnectionsOf(String node) {
        return (int) open.values().stream()
                .filter(granted -> granted.fromOrigin() && granted.child.equals(id(node)))
                .map(granted -> granted.lease.content())
                .distinct()
                .count();
    }

    /** The only unfinished lease on the origin. */
    Granted originLease() {
        List<Granted> leases =
                open.values().stream().filter(Granted::fromOrigin).toList();
        assertEquals(1, leases.size(), "leases on the origin: " + leases);
        return leases.getFirst();
    }

    List<Granted> originGrants(ContentKey key) {
        return grants.stream()
                .filter(granted ->
                        granted.fromOrigin() && granted.lease.content().equals(key))
                .toList();
    }

    /** How often each piece was granted from the origin, beginning with this grant. */
    int[] originTimes(ContentKey key, int fromGrant) {
        int[] times = new int[pieces(key)];
        for (Granted granted : grants.subList(fromGrant, grants.size())) {
            if (granted.fromOrigin() && granted.lease.content().equals(key)) {
                for (int piece = granted.lease.run().first();
                        piece < granted.lease.run().end();
                        piece++) {
                    times[piece]++;
                }
            }
        }
        return times;
    }

    boolean wasGranted(String child, String parent) {
        return grants.stream().anyMatch(granted -> granted.child.equals(id(child)) && granted.from(parent));
    }

    <T extends SwarmCommand> List<T> said(Class<T> kind) {
        return said.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    Optional<SwarmView.PeerView> view(String name, ContentKey key) {
        return scheduler
                .view(key)
                .flatMap(view -> view.peers().stream()
                        .filter(peer -> peer.node().equals(id(name)))
                        .findFirst());
    }
}
