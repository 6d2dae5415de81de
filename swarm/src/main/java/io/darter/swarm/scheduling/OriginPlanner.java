package io.darter.swarm.scheduling;

import io.darter.swarm.PieceRun;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides which node fetches which range from the origin. A piece that somebody holds or fetches is never granted. */
final class OriginPlanner {
    /** An origin lease is this part of the content, so that fetchers change work often enough and rarely stop. */
    private static final int READERS_ASKED_MAX = 8;

    private static final int RUNS = 32;

    private static final long CONNECTION_WORTH_BYTES = 32 << 20;
    private static final int RUN_PIECES_MIN = 2;
    /** A fetcher with so few pieces left gets its next run, so that its connection never idles. */
    private static final int NEARLY_DONE_PIECES = 2;
    /** Fetchers that may fail in turn before those who wait are told. */
    private static final int STRIKES_MAX = 3;

    private static final int SAMPLE = 32;
    private static final long PASSED_OVER_NANOS = 30_000_000_000L;

    private final LeaseBook leases;
    private final RandomGenerator random;
    /** Seeds whose link is up, in the order they came. */
    final List<NodeState> seeds = new ArrayList<>();

    private final long gatheringUntilNanos;

    /** @param gatheringUntilNanos nobody is sent before this time: those who know more may not have said so yet */
    OriginPlanner(LeaseBook leases, RandomGenerator random, long gatheringUntilNanos) {
        this.leases = leases;
        this.random = random;
        this.gatheringUntilNanos = gatheringUntilNanos;
    }

    /** Believed of those who are there. */
    void busy(@Nullable Member fetcher, long pauseNanos, long nowNanos) {
        if (fetcher != null && fetcher.originLeases > 0) {
            leases.budgets.busy(fetcher.content, pauseNanos, nowNanos);
        }
    }

    void plan(ContentState content, long nowNanos) {
        if (content.covered.isFull() || nowNanos < gatheringUntilNanos) {
            return;
        }
        if (content.origin.strikes >= STRIKES_MAX || content.trust.originIsWrong()) {
            giveUp(content);
            return;
        }
        askSeeds(content, nowNanos);
        continueRuns(content, nowNanos);
        int connections = content.spec.rangesSupported() && !content.trust.hasBeenWrong() ? connections(content) : 1;
        connections = Math.min(connections, connectionsSoFar(content));
        while (!content.covered.isFull() && content.origin.fetchers() + content.absences.fetchers() < connections) {
            if (!hasRoom(content)) {
                break;
            }
            Member fetcher = chooseFetcher(content, nowNanos);
            if (fetcher == null || !grant(content, fetcher, nowNanos)) {
                break;
            }
        }
        if (content.origin.leases.isEmpty() && isHopeless(content, nowNanos)) {
            giveUp(content);
        }
    }

    /** It has none yet and waits for one, or it has some and others may be waiting for theirs. */
    private static boolean hasRoom(ContentState content) {
        OriginBudget full = content.task.hasRoom() ? content.registry : content.task;
        if (full.hasRoom()) {
            return content.origin.leases.isEmpty() || !isAwaited(content);
        }
        if (content.origin.leases.isEmpty()) {
            full.await(content);
        }
        return false;
    }

    private static boolean isAwaited(ContentState content) {
        return content.task.isAwaited() || content.registry.isAwaited();
    }

    /** Nobody is left that may be sent to the origin, now or after a pause, since it refused them or they lied. */
    private boolean isHopeless(ContentState content, long nowNanos) {
        if (isAwaitingSeeds(content, nowNanos) || content.trust.isAwaitingReturns(nowNanos)) {
            return false;
        }
        boolean seedsOnly = leases.policy.originFetchers() == OriginFetchers.SEEDS;
        boolean barred = content.origin.strikes > 0;
        for (int i = 0; i < content.members.size(); i++) {
            Member member = content.members.get(i);
            barred |= member.quarantined;
            if (member.wanting() && !member.refused && !member.quarantined && (!seedsOnly || member.node.seed)) {
                return false;
            }
        }
        return barred; // else a seed is waited for
    }

    private void continueRuns(ContentState content, long nowNanos) {
        if (isAwaited(content)) {
            return; // the connection is handed on to who has none
        }
        List<GrantedLease> running = content.origin.leases;
        for (int i = 0, size = running.size(); i < size; i++) {
            GrantedLease lease = running.get(i);
            Member fetcher = lease.child;
            int left = lease.end() - fetcher.have.nextClear(lease.first());
            if (left <= NEARLY_DONE_PIECES * content.group
                    && fetcher.originLeases == 1
                    && isFit(fetcher, nowNanos)
                    && !canRotate(content, fetcher)
                    && !leases.isSlowReceiver(fetcher.node)) {
                grant(content, fetcher, nowNanos);
            }
        }
    }

    /**
     * Where many nodes may fetch they take turns, so that none falls behind by what the origin takes of its link. The
     * moment between two turns costs nothing: the other connections use what the origin has.
     */
    private boolean canRotate(ContentState content, Member fetcher) {
        int connections = connections(content);
        return connections > 1 && !fetcher.node.seed && content.members.size() > 2 * connections;
    }

    /**
     * Connections begin when the first has delivered a piece: together they would all deliver late. In a large swarm they
     * begin one after another: what they deliver at the same moment waits for the same few nodes.
     */
    private int connectionsSoFar(ContentState content) {
        long delivered = content.origin.piecesDelivered / content.group;
        boolean oneByOne = delivered == 0 || leases.partners.rule(content).oneConnectionMoreAPiece();
        // Who is away may never deliver: it does not keep the next one waiting.
        return oneByOne ? (int) Math.min(1 + delivered + content.absences.fetchers(), 1 << 20) : Integer.MAX_VALUE;
    }

    /** Each new connection finds out how fast it may send by sending too fast: not worth it for a few MiB. */
    private int connections(ContentState content) {
        long worthwhile = 1 + content.geometry.sizeBytes() / CONNECTION_WORTH_BYTES;
        return (int) Math.min(worthwhile, leases.policy.originConnectionsPerTask());
    }

    private boolean grant(ContentState content, Member fetcher, long nowNanos) {
        PieceRun run = nextRun(content, fetcher);
        if (run == null) {
            return false;
        }
        leases.grantFromOrigin(fetcher, run, nowNanos);
        return true;
    }

    private @Nullable PieceRun nextRun(ContentState content, Member fetcher) {
        int pieces = content.geometry.pieces();
        int first = nextOpen(content, fetcher, fetcher.live ? fetcher.reader : nearestReader(content));
        if (first == pieces) {
            first = nextOpen(content, fetcher, 0);
        }
        if (first == pieces || fetcher.requested.get(first)) {
            return null;
        }
        if (!content.spec.rangesSupported()) {
            return wholeRest(content, first);
        }
        // Its end is a group's too.
        int most = PieceGroups.first(first + Math.max(content.group, runPiecesMax(content, fetcher)), content.group)
                - first;
        int end = first + 1;
        while (end < pieces && end - first < most && !content.covered.get(end) && !fetcher.have.get(end)) {
            end++;
        }
        return new PieceRun(first, end - first);
    }

    /** Of what it holds itself nothing is covered where nobody is sent to it. */
    private static int nextOpen(ContentState content, Member fetcher, int from) {
        int piece = content.covered.nextClear(from);
        while (piece < content.geometry.pieces() && fetcher.have.get(piece)) {
            piece = content.covered.nextClear(piece + 1);
        }
        return piece;
    }

    /** A seed fetches for those who wait: where the one reads that is nearest to the front, of a few of them. */
    private static int nearestReader(ContentState content) {
        int nearest = Integer.MAX_VALUE;
        for (int i = 0; i < Math.min(content.hungry.size(), READERS_ASKED_MAX); i++) {
            Member child = content.hungry.get(i);
            nearest = child.live ? Math.min(nearest, child.reader) : nearest;
        }
        return nearest == Integer.MAX_VALUE ? 0 : nearest;
    }

    private static PieceRun wholeRest(ContentState content, int first) {
        int last = content.geometry.pieces() - 1;
        while (content.covered.get(last)) {
            last--;
        }
        return new PieceRun(first, last - first + 1);
    }

    /** Short for a fetcher nobody knows yet, and towards the end, so that all connections end together. */
    private int runPiecesMax(ContentState content, Member fetcher) {
        int pieces = content.geometry.pieces();
        if (fetcher.node.receiveRate == 0) {
            return RUN_PIECES_MIN * content.group;
        }
        long byBytes = Math.max(1, leases.policy.originRunBytesMax() / content.geometry.pieceBytes());
        int open = pieces - content.covered.count();
        int share = open / (2 * connections(content));
        int wanted = Math.max(RUN_PIECES_MIN, Math.min(pieces / RUNS, share));
        return (int) Math.min(byBytes, wanted);
    }

    private void askSeeds(ContentState content, long nowNanos) {
        OriginBook origin = content.origin;
        if (leases.policy.originFetchers() == OriginFetchers.ANY) {
            return;
        }
        if (!origin.seedsAsked && !content.hungry.isEmpty()) {
            origin.seedsAsked = true;
            for (NodeState seed : seeds) {
                if (seed.member(content.key) == null
                        && seed.passedOverUntilNanos <= nowNanos
                        && !content.trust.isLiar(seed.id)) {
                    leases.command(new SwarmCommand.Assist(seed.id, content.spec));
                    origin.seedsAwaitedUntilNanos = nowNanos + leases.policy.assistNanos();
                }
            }
        }
        if (origin.seedsAwaitedUntilNanos != Long.MIN_VALUE && origin.seedsAwaitedUntilNanos <= nowNanos) {
            origin.seedsAwaitedUntilNanos = Long.MIN_VALUE;
            for (NodeState seed : seeds) {
                if (seed.member(content.key) == null) {
                    seed.passedOverUntilNanos = nowNanos + PASSED_OVER_NANOS;
                }
            }
        }
    }

    /** Who is suspect fetches only if nobody else can. */
    private @Nullable Member chooseFetcher(ContentState content, long nowNanos) {
        Member fetcher = chooseFetcher(content, false, nowNanos);
        return fetcher == null && content.trust.hasBeenWrong() && !isAwaitingSeeds(content, nowNanos)
                ? chooseFetcher(content, true, nowNanos)
                : fetcher;
    }

    private @Nullable Member chooseFetcher(ContentState content, boolean suspects, long nowNanos) {
        OriginFetchers who = leases.policy.originFetchers();
        if (who != OriginFetchers.ANY) {
            Member best = null;
            boolean seedAtWork = false;
            for (NodeState seed : seeds) {
                Member member = seed.member(content.key);
                if (member != null && isFit(member, nowNanos) && mayFetch(member, suspects)) {
                    boolean free = member.originLeases == 0 && hasConnectionLeft(member);
                    seedAtWork |= !free;
                    best = free ? better(best, member) : best;
                }
            }
            if (best != null || seedAtWork || who == OriginFetchers.SEEDS || isAwaitingSeeds(content, nowNanos)) {
                return best;
            }
        }
        return chooseAmongAll(content, suspects, nowNanos);
    }

    private static boolean mayFetch(Member member, boolean suspects) {
        Trust trust = member.content.trust;
        return trust.mayFetch(member) && (suspects || !trust.isSuspect(member.node.id));
    }

    private static boolean isAwaitingSeeds(ContentState content, long nowNanos) {
        return content.origin.seedsAwaitedUntilNanos > nowNanos;
    }

    private @Nullable Member chooseAmongAll(ContentState content, boolean suspects, long nowNanos) {
        int size = content.members.size();
        int start = size <= SAMPLE ? 0 : random.nextInt(size);
        Member best = null;
        for (int i = 0; i < Math.min(size, SAMPLE); i++) {
            Member member = content.members.get((start + i) % size);
            if (member.originLeases == 0
                    && hasConnectionLeft(member)
                    && isFit(member, nowNanos)
                    && mayFetch(member, suspects)) {
                best = better(best, member);
            }
        }
        return best;
    }

    /** Live before preheat, not slow, spread over the nodes, and who has most can best afford it. */
    private Member better(@Nullable Member a, Member b) {
        return a == null || weight(b) < weight(a) ? b : a;
    }

    private int weight(Member member) {
        return (member.live ? 0 : 1 << 20)
                + (leases.isSlowReceiver(member.node) ? 1 << 21 : 0)
                + (member.node.originLeases << 16)
                - (member.node.seed ? member.content.task.warmth(member.node) << 16 : 0)
                - Math.min(member.have.count(), 0xffff);
    }

    /** A node has no more connections to origins than one content may have, whatever it fetches at the same time. */
    private boolean hasConnectionLeft(Member member) {
        return member.originLeases > 0 || member.node.originLeases < leases.policy.originConnectionsPerTask();
    }

    private static boolean isFit(Member member, long nowNanos) {
        return member.wanting()
                && !member.refused
                && !member.quarantined
                && !member.isBackingOff(nowNanos)
                && !member.isPaused(nowNanos)
                && (member.node.worksForOthers() || wantsItAlone(member));
    }

    /** Who does nothing for others goes to the origin for itself only, and only while nobody is there who does. */
    private static boolean wantsItAlone(Member member) {
        for (int i = 0; i < member.content.members.size(); i++) {
            Member other = member.content.members.get(i);
            if (other.node.worksForOthers() && other.wanting() && !other.refused && !other.quarantined) {
                return false;
            }
        }
        return true;
    }

    /** Nobody can get the pieces that are open: whoever needs one of them is told. */
    private void giveUp(ContentState content) {
        FailureReason reason = content.origin.strikes > 0 ? content.origin.lastFailure : FailureReason.CORRUPT;
        for (int i = content.members.size() - 1; i >= 0; i--) {
            Member member = content.members.get(i);
            member.refused = false;
            if (member.wanting() && needsOpenPiece(member)) {
                member.givenUp = true;
                for (GrantedLease lease : List.copyOf(member.leases)) {
                    leases.endAndRevoke(lease);
                }
                leases.refresh(member);
                leases.command(new SwarmCommand.GiveUp(member.node.id, content.key, reason));
            }
        }
        content.origin.strikes = 0;
        content.origin.seedsAsked = false;
    }

    private static boolean needsOpenPiece(Member member) {
        for (int word = 0; word < member.have.wordCount(); word++) {
            // Beyond the last piece both maps are clear: full ones are not asked.
            if (~(member.have.word(word) | member.content.covered.word(word)) != 0) {
                return true;
            }
        }
        return false;
    }
}
