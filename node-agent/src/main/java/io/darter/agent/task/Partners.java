package io.darter.agent.task;

import io.darter.agent.peer.PieceClient.Have;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The nodes with which one download goes on when there is no scheduler, and what is to be fetched from whom: from a partner
 * what few others hold; from the origin only what none of them holds or is fetching, and only by whose turn it is. Whose
 * turn: the content is cut into segments, and for each the hash of content, segment and node orders the nodes that take
 * part; the first fetches, the next one if nothing at all has moved for a while. Only the first segments that are
 * missing count, so that few nodes are at the origin at a time and readers are served from the front.
 *
 * <p>Decides only; no I/O, no clock. Owned by the download's thread.
 */
final class Partners {
    private static final int PARTNERS_MAX = 64;
    private static final int ASKED_AT_ONCE = 8;
    private static final int LEASES_MAX = 4;
    /** Of the missing pieces so many are looked at: those nearest to the reader. */
    private static final int WINDOW_PIECES = 64;

    private static final int RUN_BYTES_MAX = 1 << 20;
    private static final int SEGMENTS = 16;
    private static final int SEGMENTS_AT_ONCE = 3;
    /** So long the next in line waits for the one before. */
    private static final long TURN_NANOS = 1_500_000_000;

    private final ContentKey key;
    private final Map<NodeId, Partner> known = new LinkedHashMap<>();
    private int asking;
    private long movedNanos;

    /** What to fetch from whom. */
    record Pick(Parent parent, PieceRun run) {}

    Partners(ContentKey key, long nowNanos) {
        this.key = key;
        this.movedNanos = nowNanos;
    }

    /** @param places one without a capability does not replace one with it */
    void learn(List<Parent> places, Optional<NodeId> self, long nowNanos) {
        for (Parent place : places) {
            if (self.filter(place.node()::equals).isPresent()) {
                continue;
            }
            Partner present = known.get(place.node());
            if (present == null) {
                if (known.size() < PARTNERS_MAX) {
                    known.put(place.node(), new Partner(place, nowNanos));
                }
            } else if (place.capability().length > 0) {
                present.moved(place);
            }
        }
    }

    /** Who is to be asked now what it holds. */
    List<Parent> toAsk(long nowNanos) {
        List<Parent> due = new ArrayList<>();
        for (Partner partner : known.values()) {
            if (asking < ASKED_AT_ONCE && partner.isDue(nowNanos)) {
                partner.asked();
                asking++;
                due.add(partner.place());
            }
        }
        return due;
    }

    void heard(NodeId node, Have have, PieceGeometry geometry, long nowNanos) {
        asking--;
        Partner partner = known.get(node);
        if (partner != null && partner.heard(have, geometry, nowNanos)) {
            movedNanos = nowNanos;
        }
    }

    void silent(NodeId node, FailureReason reason, long nowNanos) {
        asking--;
        Partner partner = known.get(node);
        if (partner != null) {
            partner.silent(reason, nowNanos);
        }
    }

    /** Something came here. */
    void moved(long nowNanos) {
        movedNanos = nowNanos;
    }

    /** When anything was last heard to go on, here or elsewhere. */
    long movedNanos() {
        return movedNanos;
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    /** Everybody has said something. */
    boolean allAnswered() {
        return known.values().stream().allMatch(Partner::answered);
    }

    boolean anyAlive(long nowNanos) {
        return known.values().stream().anyMatch(partner -> partner.isAlive(nowNanos));
    }

    void granted(NodeId node) {
        Optional.ofNullable(known.get(node)).ifPresent(Partner::granted);
    }

    void over(NodeId node) {
        Optional.ofNullable(known.get(node)).ifPresent(Partner::over);
    }

    void delivered(NodeId node) {
        Optional.ofNullable(known.get(node)).ifPresent(Partner::delivered);
    }

    void failed(NodeId node, FailureReason reason, long nowNanos) {
        Optional.ofNullable(known.get(node)).ifPresent(partner -> partner.failed(reason, nowNanos));
    }

    /**
     * What to fetch from a partner next.
     *
     * @param taken pieces that are held or on their way
     */
    Optional<Pick> pick(PieceGeometry geometry, PieceMap taken, int reader, Optional<NodeId> self, long nowNanos) {
        if (known.values().stream().mapToInt(Partner::leases).sum() >= LEASES_MAX) {
            return Optional.empty();
        }
        Partner bestHolder = null;
        int best = -1;
        long bestWeight = Long.MAX_VALUE;
        int looked = 0;
        for (int i = 0; i < geometry.pieces() && looked < WINDOW_PIECES; i++) {
            int piece = (reader + i) % geometry.pieces();
            if (taken.get(piece)) {
                continue;
            }
            int holders = 0;
            Partner free = null;
            for (Partner partner : known.values()) {
                if (partner.isAlive(nowNanos) && partner.holds(piece)) {
                    holders++;
                    free = better(free, partner, piece, nowNanos);
                }
            }
            if (free == null) {
                continue;
            }
            looked++;
            // Nodes that know the same take different ones.
            long weight = ((long) holders << 32) + (hash(piece, self.orElse(null)) & 0xffff_ffffL);
            if (weight < bestWeight) {
                bestWeight = weight;
                bestHolder = free;
                best = piece;
            }
        }
        return bestHolder == null ? Optional.empty() : Optional.of(run(bestHolder, best, geometry, taken));
    }

    private @Nullable Partner better(@Nullable Partner a, Partner b, int piece, long nowNanos) {
        if (!b.isFree(nowNanos)) {
            return a;
        }
        if (a == null || b.leases() != a.leases()) {
            return a == null || b.leases() < a.leases() ? b : a;
        }
        return hash(piece, b.node()) < hash(piece, a.node()) ? b : a;
    }

    private static Pick run(Partner holder, int first, PieceGeometry geometry, PieceMap taken) {
        int most = Math.max(1, RUN_BYTES_MAX / geometry.pieceBytes());
        int end = first + 1;
        while (end < geometry.pieces() && end - first < most && !taken.get(end) && holder.holds(end)) {
            end++;
        }
        return new Pick(holder.place(), new PieceRun(first, end - first));
    }

    /**
     * What this node may get from the origin now.
     *
     * @param ranges whether the origin gives parts; else all that is missing is one
     */
    Optional<PieceRun> turn(
            PieceGeometry geometry, PieceMap taken, int reader, boolean ranges, Optional<NodeId> self, long nowNanos) {
        PieceMap covered = taken.copy();
        List<Partner> alive = new ArrayList<>();
        for (Partner partner : known.values()) {
            if (partner.isAlive(nowNanos)) {
                alive.add(partner);
                cover(covered, partner, nowNanos);
            }
        }
        int pieces = geometry.pieces();
        int segments = ranges ? Math.min(SEGMENTS, pieces) : 1;
        int looked = 0;
        for (int i = 0; i < segments && looked < SEGMENTS_AT_ONCE; i++) {
            int segment = (segment(reader, pieces, segments) + i) % segments;
            int end = (int) (((long) segment + 1) * pieces / segments);
            int first = covered.nextClear((int) ((long) segment * pieces / segments));
            if (first >= end) {
                continue;
            }
            looked++;
            if (nowNanos - movedNanos >= rank(segment, alive, self) * TURN_NANOS) {
                return Optional.of(new PieceRun(first, runEnd(covered, first, end, ranges) - first));
            }
        }
        return Optional.empty();
    }

    /** Without ranges what lies between comes again anyway. */
    private static int runEnd(PieceMap covered, int first, int end, boolean ranges) {
        int last = first + 1;
        while (last < end && (!ranges || !covered.get(last))) {
            last++;
        }
        return last;
    }

    private static int segment(int piece, int pieces, int segments) {
        int segment = (int) ((long) piece * segments / pieces);
        // Rounding: a segment begins at its own share of the pieces.
        return (long) (segment + 1) * pieces / segments <= piece ? segment + 1 : segment;
    }

    private static void cover(PieceMap covered, Partner partner, long nowNanos) {
        for (int piece = 0; piece < covered.pieces(); piece++) {
            if (partner.holds(piece)) {
                covered.set(piece);
            }
        }
        partner.fetching(nowNanos).ifPresent(run -> {
            for (int piece = run.first(); piece < run.end(); piece++) {
                covered.set(piece);
            }
        });
    }

    /** How many of those who take part come before this node. */
    private long rank(int segment, List<Partner> alive, Optional<NodeId> self) {
        long own = hash(segment, self.orElse(null));
        return alive.stream()
                .filter(partner -> hash(segment, partner.node()) < own)
                .count();
    }

    /** The same on every node; FNV-1a, then mixed, since it changes little from one number to the next. */
    private long hash(int number, @Nullable NodeId node) {
        String text = key.hex() + '/' + number + '/' + (node == null ? "" : node.value());
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        return (hash ^ (hash >>> 27)) >>> 1;
    }
}
