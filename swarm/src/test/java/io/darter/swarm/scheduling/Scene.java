package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scheduler, its clock, and words to tell a story with: one content of 64 pieces of 1 MiB. */
final class Scene {
    static final int PIECES = 64;
    static final ContentKey CONTENT = ContentKey.ofSha256Hex("a".repeat(64));

    final SwarmScheduler scheduler;
    final List<SwarmCommand> said = new ArrayList<>();
    private final List<SwarmCommand.Grant> open = new ArrayList<>();
    private ContentSpec spec = new ContentSpec(CONTENT, (long) PIECES << 20, true);
    private long nowNanos = 1;

    Scene(OriginFetchers fetchers) {
        this.scheduler = new SwarmScheduler(
                SchedulingPolicy.defaults().withOriginFetchers(fetchers).withFixedPieceBytes(1 << 20), 7);
    }

    Scene withoutRanges() {
        spec = new ContentSpec(CONTENT, (long) PIECES << 20, false);
        return this;
    }

    static NodeId node(String name) {
        return new NodeId(name);
    }

    void up(String name) {
        tell(new SwarmEvent.NodeUp(node(name), new NodeTraits(name.startsWith("seed"), "", "")));
    }

    void down(String name) {
        open.removeIf(grant -> grant.node().equals(node(name)));
        tell(new SwarmEvent.NodeDown(node(name)));
    }

    void wants(String name) {
        wants(name, null, true);
    }

    void wants(String name, @Nullable PieceMap have, boolean live) {
        tell(new SwarmEvent.Wanted(node(name), spec, have, live));
    }

    void holdsAll(String name) {
        wants(name, PieceMap.full(PIECES), false);
    }

    void delivers(SwarmCommand.Grant grant, int first, int count) {
        PieceRun run = new PieceRun(first, count);
        if (run.end() == grant.lease().run().end()) {
            open.remove(grant);
        }
        tell(new SwarmEvent.Verified(grant.node(), CONTENT, grant.lease().id(), run, 8_000_000L * count));
    }

    void delivers(SwarmCommand.Grant grant) {
        delivers(grant, grant.lease().run().first(), grant.lease().run().count());
    }

    void fails(SwarmCommand.Grant grant, FailureReason reason) {
        open.remove(grant);
        tell(new SwarmEvent.LeaseFailed(grant.node(), CONTENT, grant.lease().id(), reason));
    }

    /** Time passes with a tick every 100 ms. */
    void passes(Duration duration) {
        long end = nowNanos + duration.toNanos();
        while (nowNanos < end) {
            nowNanos += 100_000_000L;
            tell(new SwarmEvent.Tick());
        }
    }

    void tell(SwarmEvent event) {
        for (SwarmCommand command : scheduler.apply(event, nowNanos)) {
            said.add(command);
            switch (command) {
                case SwarmCommand.Grant grant -> open.add(grant);
                case SwarmCommand.Revoke revoke ->
                    open.removeIf(grant -> grant.lease().id() == revoke.leaseId());
                case SwarmCommand.Describe _, SwarmCommand.Assist _, SwarmCommand.GiveUp _, SwarmCommand.Forget _ -> {}
            }
        }
    }

    /** Leases that are not finished, in the order they were granted. */
    List<SwarmCommand.Grant> open() {
        return List.copyOf(open);
    }

    List<SwarmCommand.Grant> fromOrigin(String name) {
        return open().stream()
                .filter(grant -> grant.node().equals(node(name)) && isOrigin(grant.lease()))
                .toList();
    }

    List<SwarmCommand.Grant> fromPeer(String child, String parent) {
        return open().stream()
                .filter(grant -> grant.node().equals(node(child))
                        && grant.lease().source() instanceof Source.Peer(NodeId id)
                        && id.equals(node(parent)))
                .toList();
    }

    /** Every lease is carried out at once until there is none left. */
    void everythingArrives() {
        for (int i = 0; !open.isEmpty() && i < 100_000; i++) {
            delivers(open.getFirst());
        }
        assertTrue(open.isEmpty(), "it never ends");
    }

    void assertHasAll(String name) {
        SwarmView view = scheduler.view(CONTENT).orElseThrow();
        assertTrue(
                view.peers().stream().anyMatch(peer -> peer.node().equals(node(name)) && peer.piecesHeld() == PIECES),
                name + " has not all of it: " + view);
    }

    void assertEachPieceGrantedOnceFromTheOrigin() {
        PieceMap granted = new PieceMap(PIECES);
        for (SwarmCommand command : said) {
            if (command instanceof SwarmCommand.Grant(NodeId _, Lease lease) && isOrigin(lease)) {
                for (int piece = lease.run().first(); piece < lease.run().end(); piece++) {
                    assertTrue(granted.set(piece), "piece " + piece + " was granted twice");
                }
            }
        }
        assertTrue(granted.isFull(), "granted were " + granted);
    }

    long timesGrantedFromOrigin(int piece) {
        return said(SwarmCommand.Grant.class).stream()
                .map(SwarmCommand.Grant::lease)
                .filter(lease -> isOrigin(lease) && lease.run().contains(piece))
                .count();
    }

    void assertNeverFromOrigin(String name) {
        assertFalse(
                said.stream()
                        .anyMatch(command -> command instanceof SwarmCommand.Grant(NodeId id, Lease lease)
                                && id.equals(node(name))
                                && isOrigin(lease)),
                name + " was sent to the origin");
    }

    <T extends SwarmCommand> List<T> said(Class<T> kind) {
        return said.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static boolean isOrigin(Lease lease) {
        return lease.source() instanceof Source.Origin;
    }
}
