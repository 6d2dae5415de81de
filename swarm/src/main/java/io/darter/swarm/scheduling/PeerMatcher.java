package io.darter.swarm.scheduling;

import io.darter.swarm.PieceRun;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings children and parents together. Both ways look at a sample only, so that the work per lease does not depend on
 * the size of the swarm: power of a few random choices is almost as good as choosing among all (Mitzenmacher 2001).
 */
final class PeerMatcher {
    private static final int SAMPLE = 12;
    /** What one level of rarity weighs against one lease more or less in a parent's queue. */
    private static final double RARITY = 0.1;
    /** What one piece that a child is behind weighs against one level of rarity. */
    private static final int BEHIND = 4;

    /** Two that are connected stay so while they have something for each other. */
    private static final int GO_ON = -100;

    private static final int NOTHING = Integer.MAX_VALUE;

    private final LeaseBook leases;
    private final RandomGenerator random;
    private final Member[] sample;
    private final Partners partners;
    private long[] common = new long[1];

    PeerMatcher(LeaseBook leases, RandomGenerator random) {
        this.leases = leases;
        this.random = random;
        this.sample = new Member[SAMPLE + leases.policy.windowLeases()];
        this.partners = leases.partners;
    }

    /** Grants the child up to {@code max} leases: the rarest piece first, each from the parent likely to send it first. */
    int feed(Member child, int max, long nowNanos) {
        if (!child.content.hungry.contains(child) || child.isPaused(nowNanos)) {
            return 0;
        }
        int sampled = drawParents(child);
        int granted = 0;
        PartnerRule rule = partners.rule(child.content);
        while (granted < max && leases.mayHoldMore(child)) {
            Member best = null;
            int bestPiece = NOTHING;
            double bestCost = Double.MAX_VALUE;
            for (int i = 0; i < sampled; i++) {
                Member parent = sample[i];
                int piece = mayAsk(child, parent, nowNanos) ? choose(child, parent) : NOTHING;
                if (piece != NOTHING && rule.allows(child, parent, piece) && isTolerable(parent, child, piece)) {
                    double cost = RARITY * child.content.rarity.levelOf(piece) + cost(parent, child);
                    if (cost < bestCost) {
                        best = parent;
                        bestPiece = piece;
                        bestCost = cost;
                    }
                }
            }
            if (best == null) {
                break;
            }
            leases.grantFromPeer(child, best, run(child, best, bestPiece), nowNanos);
            granted++;
        }
        return granted;
    }

    /** Finds children for a parent that has room. */
    void employ(Member parent, long nowNanos) {
        ContentState content = parent.content;
        PartnerRule rule = partners.rule(content);
        while (content.available.contains(parent)) {
            int sampled = drawChildren(parent);
            Member best = null;
            int bestPiece = NOTHING;
            int bestCost = Integer.MAX_VALUE;
            for (int i = 0; i < sampled; i++) {
                Member child = sample[i];
                int piece =
                        !child.isPaused(nowNanos) && mayAsk(child, parent, nowNanos) ? choose(child, parent) : NOTHING;
                if (piece != NOTHING && rule.allows(child, parent, piece) && isTolerable(parent, child, piece)) {
                    int cost = BEHIND * (child.have.count() + child.requested.count()) / content.group
                            + content.rarity.levelOf(piece);
                    if (cost < bestCost) {
                        best = child;
                        bestPiece = piece;
                        bestCost = cost;
                    }
                }
            }
            if (best == null) {
                return;
            }
            leases.grantFromPeer(best, parent, run(best, parent, bestPiece), nowNanos);
            if (rule.staysTogether()) {
                fill(best, parent, nowNanos);
                feed(best, leases.policy.batchLeases(), nowNanos);
            }
        }
    }

    /** What else it can have from there goes into the same message. */
    private void fill(Member child, Member parent, long nowNanos) {
        PartnerRule rule = partners.rule(child.content);
        while (leases.mayHoldMore(child) && mayAsk(child, parent, nowNanos)) {
            int piece = choose(child, parent);
            if (piece == NOTHING || !rule.allows(child, parent, piece) || !isTolerable(parent, child, piece)) {
                break;
            }
            leases.grantFromPeer(child, parent, run(child, parent, piece), nowNanos);
        }
    }

    /** A parent other than the lease's that could deliver its first missing piece now, for a child that waits too long. */
    @Nullable
    Member alternative(GrantedLease lease, long nowNanos) {
        Member child = lease.child;
        int missing = child.have.nextClear(lease.first());
        int sampled = draw(child.content.available, child);
        for (int i = 0; i < sampled; i++) {
            Member parent = sample[i];
            if (parent != lease.parent
                    && parent.have.get(missing)
                    && !leases.isSlowSender(parent.node)
                    && mayAsk(child, parent, nowNanos)) {
                return parent;
            }
        }
        return null;
    }

    /** A sample, and the parents that the child is connected to. */
    private int drawParents(Member child) {
        int drawn = draw(child.content.open, child);
        for (int i = 0; i < child.leases.size() && drawn < sample.length; i++) {
            Member parent = child.leases.get(i).parent;
            if (parent != null && child.content.available.contains(parent) && !isDrawn(parent, drawn)) {
                sample[drawn++] = parent;
            }
        }
        return drawn;
    }

    private int drawChildren(Member parent) {
        PartnerRule rule = partners.rule(parent.content);
        int drawn = draw(rule.servesAnybody(parent) ? parent.content.hungry : parent.content.seeking, parent);
        for (int i = 0; rule.staysTogether() && i < parent.serving.size() && drawn < sample.length; i++) {
            Member child = parent.serving.get(i).child;
            if (parent.content.hungry.contains(child) && !isDrawn(child, drawn)) {
                sample[drawn++] = child;
            }
        }
        return drawn;
    }

    private boolean isDrawn(Member member, int drawn) {
        for (int i = 0; i < drawn; i++) {
            if (sample[i] == member) {
                return true;
            }
        }
        return false;
    }

    private int draw(MemberSet from, Member except) {
        int drawn = 0;
        int size = from.size();
        if (size <= SAMPLE) {
            for (int i = 0; i < size; i++) {
                if (from.get(i) != except) {
                    sample[drawn++] = from.get(i);
                }
            }
            return drawn;
        }
        // Evenly spaced from a random place: distinct, and one random number.
        int start = random.nextInt(size);
        for (int i = 0; i < SAMPLE; i++) {
            Member member = from.get((int) ((start + (long) i * size / SAMPLE) % size));
            if (member != except) {
                sample[drawn++] = member;
            }
        }
        return drawn;
    }

    private boolean mayAsk(Member child, Member parent, long nowNanos) {
        if (!child.content.available.contains(parent)
                || child.isBlocked(parent, nowNanos)
                || !partners.rule(child.content).mayPair(child, parent)) {
            return false;
        }
        return child.live || leases.liveStarving == 0 || parent.node.uploads == 0 || !servesStarving(parent.node);
    }

    /** A live pull goes before a preheat: while one is short of leases here, preheats get one lease at a time. */
    private static boolean servesStarving(NodeState node) {
        for (int i = 0; i < node.members.size(); i++) {
            Member member = node.members.get(i);
            if (member.content.liveStarving > 0 && member.have.count() > 0) {
                return true;
            }
        }
        return false;
    }

    /** A slow parent is asked by others than its like only for what nobody else holds. */
    private boolean isTolerable(Member parent, Member child, int piece) {
        return !leases.isSlowSender(parent.node)
                || leases.isSlowReceiver(child.node)
                || onlySlowNodesHold(parent.content, piece);
    }

    /** Looks through the swarm only for as long as all holders met are slow: mostly the first one is not. */
    private boolean onlySlowNodesHold(ContentState content, int piece) {
        int left = content.holders[piece];
        for (int i = 0; i < content.members.size() && left > 0; i++) {
            Member member = content.members.get(i);
            if (member.askable() && member.have.get(piece)) {
                if (!leases.isSlowSender(member.node)) {
                    return false;
                }
                left--;
            }
        }
        return true;
    }

    private double cost(Member parent, Member child) {
        double distance = distance(parent.node, child.node);
        PartnerRule rule = partners.rule(child.content);
        if (distance == 1 && rule.staysTogether() && Partners.pair(child, parent) > 0) {
            return GO_ON;
        }
        // What is learnt of a link is good enough to tell a slow one, not to rank the others: whoever is faster is done
        // sooner.
        double slowness = leases.isSlowSender(parent.node) ? leases.typicalRate / parent.node.sendRate : 1;
        return (rule.load(parent) + 1) * slowness * distance;
    }

    private static double distance(NodeState a, NodeState b) {
        if (!a.zone.equals(b.zone)) {
            return 4;
        }
        return a.rack.equals(b.rack) ? 1 : 2;
    }

    private int choose(Member child, Member parent) {
        ContentState content = child.content;
        int pieces = content.geometry.pieces();
        if (!child.live) {
            return rarest(child, parent, 0, pieces);
        }
        if (readsFromTheMiddle(child)) {
            int next = firstMissing(child, parent, child.reader);
            int awaited = child.have.nextClear(child.reader);
            if (next != NOTHING || (awaited < pieces && !child.requested.get(awaited))) {
                return next; // its turn with who has that comes sooner when it takes nothing else elsewhere
            }
        } else if (content.hungry.size() <= leases.policy.partners() && parent.have.isFull()) {
            return firstMissing(child, parent, child.reader); // order costs the swarm nothing
        }
        int window = leases.readAheadPieces(content);
        if (window < pieces - child.reader) {
            int near = rarest(child, parent, child.reader, child.reader + window);
            if (near != NOTHING) {
                return near;
            }
        }
        return rarest(child, parent, 0, pieces);
    }

    /** Who does that wants these bytes now and may never want the rest. Who reads from the front has all before its reader. */
    private static boolean readsFromTheMiddle(Member child) {
        return child.have.nextClear(0) < child.reader;
    }

    /** The first piece from there on that the parent holds and the child has neither got nor been granted. */
    private static int firstMissing(Member child, Member parent, int from) {
        int words = child.have.wordCount();
        for (int word = from >> 6; word < words; word++) {
            long bits = missing(child, parent, word) & mask(word, from, child.content.geometry.pieces());
            if (bits != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return NOTHING;
    }

    private int rarest(Member child, Member parent, int from, int to) {
        int words = child.have.wordCount();
        if (common.length != words) {
            common = new long[words];
        }
        long any = 0;
        for (int word = 0; word < words; word++) {
            long bits = missing(child, parent, word) & mask(word, from, to);
            common[word] = bits;
            any |= bits;
        }
        return any == 0 ? NOTHING : child.content.rarity.rarest(common, random.nextInt());
    }

    /** What the child could have from there, 64 pieces. */
    private static long missing(Member child, Member parent, int word) {
        ContentState content = child.content;
        long missing = parent.have.word(word) & ~(child.have.word(word) | child.requested.word(word));
        // Two that hold the two halves of a group would wait for each other for ever: who has nothing coming takes
        // parts.
        return content.group == 1 || child.leases.isEmpty()
                ? missing
                : missing & PieceGroups.whole(parent.have.word(word), word, content.geometry.pieces());
    }

    private static long mask(int word, int from, int to) {
        int low = from - (word << 6);
        int high = to - (word << 6);
        if (low >= 64 || high <= 0) {
            return 0;
        }
        long above = low <= 0 ? -1L : -1L << low;
        long below = high >= 64 ? -1L : (1L << high) - 1;
        return above & below;
    }

    /** The rest of its group goes along: one request, one lease, one report. */
    private static PieceRun run(Member child, Member parent, int piece) {
        ContentState content = child.content;
        int first = PieceGroups.first(piece, content.group);
        int from = piece;
        while (from > first && isToBeHad(child, parent, from - 1)) {
            from--;
        }
        int end = piece + 1;
        while (end < Math.min(first + content.group, content.geometry.pieces()) && isToBeHad(child, parent, end)) {
            end++;
        }
        return new PieceRun(from, end - from);
    }

    private static boolean isToBeHad(Member child, Member parent, int piece) {
        return parent.have.get(piece) && !child.have.get(piece) && !child.requested.get(piece);
    }
}
