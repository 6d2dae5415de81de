package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.PieceSizeRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides who fetches which piece from whom, for all contents of one cluster. A deterministic state machine: the same
 * seed and the same events at the same times give the same commands. Not thread-safe: one thread owns it.
 *
 * <h2>The bound</h2>
 *
 * N nodes with equal links want M pieces that one origin with the same link has. A piece can be passed on only when it is
 * complete, so the number of its copies at best doubles in a piece time, and the origin needs M piece times to send each
 * once: nobody finishes all before M + ⌊log2 N⌋ (Mundinger, Weber and Weiss, Optimal scheduling of peer-to-peer file
 * dissemination, J. Scheduling 2008). With unequal links nothing beats max(F/u_origin, F/d_min, N·F/(u_origin + Σu))
 * (Kumar and Ross, Peer-assisted file distribution, HotWeb 2006). Both say the same of us: the origin must never idle,
 * must never send a piece twice, and every uplink must be busy with something that somebody lacks.
 *
 * <h2>Why it is decided in one place</h2>
 *
 * Peers that choose for themselves, rarest first among the neighbours they know, come close to this (Legout, Urvoy-Keller
 * and Michiardi, Rarest first and choke algorithms are enough, IMC 2006), but fetch some pieces from the origin more than
 * once, because two of them can not know of each other in time. One place that sees all can hand out every origin range
 * exactly once. That this scales is shown by Owl (Flinn et al., OSDI 2022), which decides centrally for millions of
 * clients. So everything here is a lease: the permission of one node to fetch one run of pieces from one source.
 *
 * <h2>From the origin: {@link OriginPlanner}</h2>
 *
 * A range is leased if nobody who may be asked holds it and nobody is fetching it. Ranges are long, so that a few
 * connections carry them, and go to different nodes in turn: what the origin sends a node it can not receive from peers.
 * A fetcher that fails loses only what it has not delivered.
 *
 * <h2>Between peers: {@link PeerMatcher} and {@link Partners}</h2>
 *
 * <ul>
 *   <li>Rarest first, counting copies that are on their way, or all would choose the same piece ({@link RarityIndex});
 *       for a node that somebody reads from, within a window ahead of the reader.
 *   <li>The parent with the least queued for its learned rate, near before far. Load weighs more than a little rarity: an
 *       idle uplink is lost, a piece that waits is not.
 *   <li>Only a sample is looked at. The best of a few drawn at random is nearly the best of all (Mitzenmacher, The power of
 *       two choices, IEEE TPDS 2001), does not herd, and costs the same at ten nodes and at ten thousand.
 *   <li>Few partners at once: a link that is shared by many transfers finishes all of them late, and copies multiply only by
 *       finished pieces. A second request in line at each partner bridges the way to the scheduler and back.
 *   <li>A child that reports is served first, several leases in one message; then parents with room look for the child that
 *       is furthest behind, since the last to finish decides.
 * </ul>
 *
 * <h2>When things are slow or wrong: {@link LeaseClock}, {@link FailureDesk}</h2>
 *
 * What waits at a slow parent holds up the swarm: such a parent is given one lease at a time and only what nobody faster
 * has, leases that have not started are taken back, and in the endgame a piece may be fetched from a second peer, never
 * from the origin. Who sends wrong bytes is never asked for that content again; who is unreachable, later.
 */
public final class SwarmScheduler {
    /** Wrong wholes of one node, of different contents, after which it fetches nothing any more and nobody asks it. */
    private static final int LIES_MAX = 2;
    /** Low bits of a lease's id, which count the leases of an epoch; above them is the epoch. */
    private static final int LEASES_BITS = 41;

    private static final int ADOPTED_MAX = 2;

    private final SchedulingPolicy policy;
    private final LeaseBook leases;
    private final PeerMatcher matcher;
    private final OriginPlanner origins;
    private final LeaseClock clock;
    private final FailureDesk failures;
    private final DutyDesk duties;
    /** For lookups only; whatever is gone through is in a list. */
    private final Map<NodeId, NodeState> nodes = new HashMap<>();

    /** How many contents each node alone brought wrong that others brought right; survives its links. For lookups only. */
    private final Map<NodeId, Integer> wrongWholes = new HashMap<>();

    private final Map<ContentKey, ContentState> contentsByKey = new HashMap<>();
    private final List<ContentState> contents = new ArrayList<>();

    public SwarmScheduler(SchedulingPolicy policy, long seed) {
        this(policy, seed, 0, Long.MIN_VALUE);
    }

    /**
     * A scheduler that takes over from another, which may have granted leases that still run.
     *
     * @param epoch higher than that of every scheduler before it, 0 to 4,194,303; leases of two epochs never have the
     *     same id
     * @param gatheringUntilNanos until then nodes say what they hold and fetch, and serve each other; the origin is asked
     *     for what is missing then
     */
    public SwarmScheduler(SchedulingPolicy policy, long seed, long epoch, long gatheringUntilNanos) {
        if (epoch < 0 || epoch > Long.MAX_VALUE >>> LEASES_BITS) {
            throw new IllegalArgumentException("epoch is 0 to " + (Long.MAX_VALUE >>> LEASES_BITS) + ", not " + epoch);
        }
        SplittableRandom random = new SplittableRandom(seed);
        this.policy = policy;
        this.leases = new LeaseBook(policy, (epoch << LEASES_BITS) + 1);
        this.matcher = new PeerMatcher(leases, random.split());
        this.origins = new OriginPlanner(leases, random.split(), gatheringUntilNanos);
        this.failures = new FailureDesk(leases);
        this.duties = new DutyDesk(leases, origins, contents);
        this.clock = new LeaseClock(leases, matcher, failures);
    }

    /** Takes note of one event and says what is to be done. */
    public List<SwarmCommand> apply(SwarmEvent event, long nowNanos) {
        return apply(List.of(event), nowNanos);
    }

    /**
     * Takes note of events that arrived together and says what is to be done. Better than one at a time: what a node
     * reports in one message is answered by one grant of several leases.
     */
    public List<SwarmCommand> apply(List<SwarmEvent> events, long nowNanos) {
        for (SwarmEvent event : events) {
            take(event, nowNanos);
        }
        dispatch(nowNanos);
        return leases.takeCommands();
    }

    /** Two nodes that brought nothing of it, and are not this one, have found the whole right. */
    public boolean isProved(ContentKey key, NodeId exceptBy) {
        ContentState content = contentsByKey.get(key);
        return content != null && content.trust.isProved(exceptBy);
    }

    /** The content's swarm as it is now, if there is one. */
    public Optional<SwarmView> view(ContentKey key) {
        ContentState content = contentsByKey.get(key);
        return content == null ? Optional.empty() : Optional.of(content.view());
    }

    private void take(SwarmEvent event, long nowNanos) {
        switch (event) {
            case SwarmEvent.NodeUp up -> nodeUp(up, nowNanos);
            case SwarmEvent.NodeChanged(NodeId node, NodeTraits traits) ->
                Optional.ofNullable(nodes.get(node)).ifPresent(known -> duties.change(known, traits));
            case SwarmEvent.NodeDown(NodeId node) -> nodeDown(node, nowNanos);
            case SwarmEvent.Wanted wanted -> wanted(wanted, nowNanos);
            case SwarmEvent.Verified verified -> verified(verified, nowNanos);
            case SwarmEvent.LeaseFailed failed -> failed(failed, nowNanos);
            case SwarmEvent.OriginBusy(NodeId node, ContentKey content, long pauseNanos) ->
                origins.busy(member(node, content), pauseNanos, nowNanos);
            case SwarmEvent.WholeWrong(NodeId node, ContentKey content) -> wholeWrong(node, content, nowNanos);
            case SwarmEvent.Proved(NodeId node, ContentKey content) -> proved(node, content);
            case SwarmEvent.ReaderMoved moved -> readerMoved(moved);
            case SwarmEvent.Released(NodeId node, ContentKey content) -> released(node, content);
            case SwarmEvent.Tick() -> tick(nowNanos);
        }
    }

    /** Origin first, since it opens everything else; then those who reported; then parents who have room left. */
    private void dispatch(long nowNanos) {
        while (!leases.wokenContents.isEmpty()) {
            ContentState content = leases.wokenContents.removeFirst();
            content.woken = false;
            origins.plan(content, nowNanos);
        }
        feedWoken(true, nowNanos);
        feedWoken(false, nowNanos);
        leases.wokenChildren.clear();
        for (int i = 0; i < leases.wokenParents.size(); i++) {
            Member parent = leases.wokenParents.get(i);
            parent.wokenAsParent = false;
            matcher.employ(parent, nowNanos);
        }
        leases.wokenParents.clear();
    }

    private void feedWoken(boolean live, long nowNanos) {
        for (int i = 0; i < leases.wokenChildren.size(); i++) {
            Member child = leases.wokenChildren.get(i);
            if (child.live == live) {
                child.wokenAsChild = false;
                matcher.feed(child, policy.batchLeases(), nowNanos);
            }
        }
    }

    private void nodeUp(SwarmEvent.NodeUp up, long nowNanos) {
        nodeDown(up.node(), nowNanos);
        NodeState node = new NodeState(up.node(), up.traits());
        nodes.put(node.id, node);
        duties.enlist(node);
    }

    private void nodeDown(NodeId id, long nowNanos) {
        NodeState node = nodes.remove(id);
        if (node == null) {
            return;
        }
        origins.seeds.remove(node);
        for (Member member : List.copyOf(node.members)) {
            member.content.absences.begins(member, nowNanos);
            leave(member);
        }
    }

    private void wanted(SwarmEvent.Wanted wanted, long nowNanos) {
        NodeState node = nodes.get(wanted.node());
        if (node == null) {
            return;
        }
        ContentState content = contentsByKey.get(wanted.content().key());
        if (content == null) {
            content = open(wanted.content());
        }
        Member before = node.member(content.key);
        if (before != null && wanted.live() && !before.live && !before.givenUp && !before.hasLost(wanted.have())) {
            becomeLive(before, wanted);
            return;
        }
        if (before != null) {
            takeBack(before, wanted.fetching());
            withdraw(before);
        }
        join(node, content, wanted, nowNanos);
    }

    /** Who asks anew may have been granted something meanwhile: it is told that this is over, but for what it still fetches. */
    private void takeBack(Member member, List<SwarmEvent.Fetching> fetching) {
        for (GrantedLease lease : List.copyOf(member.leases)) {
            if (fetching.stream().noneMatch(running -> running.leaseId() == lease.id)) {
                leases.endAndRevoke(lease);
            }
        }
    }

    private ContentState open(ContentSpec spec) {
        int pieceBytes =
                policy.fixedPieceBytes() > 0 ? policy.fixedPieceBytes() : PieceSizeRule.pieceBytes(spec.sizeBytes());
        PieceGeometry geometry = new PieceGeometry(spec.sizeBytes(), pieceBytes);
        int group = PieceGroups.piecesOf(geometry, leases.policy.runBytesMax());
        ContentState content = new ContentState(spec, geometry, group, leases.budgets);
        contentsByKey.put(content.key, content);
        contents.add(content);
        return content;
    }

    /** The same download, now with somebody waiting for it: its leases go on. */
    private void becomeLive(Member member, SwarmEvent.Wanted wanted) {
        member.live = true;
        member.readsFrom(wanted.reader());
        describe(member);
        if (wanted.have() != null && wanted.have().pieces() == member.have.pieces()) {
            arrivedAll(member, wanted.have());
        }
        leases.refresh(member);
        leases.wakeChild(member);
    }

    private void arrivedAll(Member member, PieceMap have) {
        for (int piece = 0; piece < have.pieces(); piece++) {
            if (have.get(piece) && member.content.trust.believes(member.node.id, piece, null)) {
                leases.arrived(member, piece);
            }
        }
    }

    private void join(NodeState node, ContentState content, SwarmEvent.Wanted wanted, long nowNanos) {
        PieceMap claimed = wanted.have();
        if (claimed != null && !claimed.isFull() && content.trust.doubts(node.id, claimed)) {
            leases.command(new SwarmCommand.Discard(node.id, content.key));
            return; // it comes again with nothing
        }
        Member member = new Member(node, content);
        member.quarantined = content.trust.isLiar(node.id) || wrongWholes.getOrDefault(node.id, 0) >= LIES_MAX;
        member.live = wanted.live();
        member.readsFrom(wanted.reader());
        node.add(member);
        content.members.set(member, true);
        describe(member);
        if (wanted.have() != null && wanted.have().pieces() == content.geometry.pieces()) {
            arrivedAll(member, wanted.have());
        }
        adopt(member, wanted.fetching(), nowNanos);
        content.absences.ends(content, node.id);
        leases.refresh(member);
        leases.wake(content);
        leases.wakeChild(member);
        leases.wakeParent(member);
    }

    /** What it is fetching nobody else is sent for, unless somebody has been already. */
    private void adopt(Member member, List<SwarmEvent.Fetching> fetching, long nowNanos) {
        Trust trust = member.content.trust;
        if (member.quarantined || trust.isSuspect(member.node.id) || !trust.mayFetch(member)) {
            return;
        }
        for (SwarmEvent.Fetching running : fetching) {
            boolean isNew = member.originLeases < ADOPTED_MAX && running.run().end() <= member.have.pieces();
            for (int piece = running.run().first();
                    isNew && piece < running.run().end();
                    piece++) {
                isNew = member.have.get(piece) || !member.content.origin.leased.get(piece);
            }
            if (isNew
                    && member.have.nextClear(running.run().first())
                            < running.run().end()) {
                leases.adopt(member, running.leaseId(), running.run(), nowNanos);
            }
        }
    }

    private void describe(Member member) {
        leases.command(new SwarmCommand.Describe(member.node.id, member.content.key, member.content.geometry));
    }

    private void verified(SwarmEvent.Verified verified, long nowNanos) {
        Member member = member(verified.node(), verified.content());
        if (member == null || verified.run().end() > member.have.pieces()) {
            return;
        }
        PieceRun run = verified.run();
        GrantedLease lease = find(member, verified.leaseId());
        for (int piece = run.first(); piece < run.end(); piece++) {
            if (!member.content.trust.believes(member.node.id, piece, lease)) {
                withdraw(member);
                leases.command(new SwarmCommand.Discard(member.node.id, member.content.key));
                return;
            }
            leases.arrived(member, piece);
        }
        if (lease != null) {
            succeeded(lease, verified, nowNanos);
        }
        for (int i = member.leases.size() - 1; i >= 0; i--) {
            if (member.leases.get(i).delivered()) {
                leases.endAndRevoke(member.leases.get(i));
            }
        }
        leases.refresh(member);
        leases.wakeChild(member);
        leases.wakeParent(member);
    }

    private void succeeded(GrantedLease lease, SwarmEvent.Verified verified, long nowNanos) {
        Member child = lease.child;
        leases.learn(
                lease,
                child.content.geometry.bytes(verified.run()),
                verified.run().count(),
                verified.tookNanos(),
                nowNanos);
        if (lease.parent == null) {
            child.originSucceeded();
            child.content.origin.strikes = 0;
            leases.wake(child.content);
        }
        if (lease.delivered()) {
            if (lease.parent != null) {
                // A part does not count: who sends a little and then nothing would never be given up.
                child.succeededFrom(lease.parent);
            }
            leases.end(lease);
        }
    }

    private void failed(SwarmEvent.LeaseFailed failed, long nowNanos) {
        Member member = member(failed.node(), failed.content());
        GrantedLease lease = member == null ? null : find(member, failed.leaseId());
        if (lease != null) {
            failures.settle(lease, failed.reason(), nowNanos);
        }
    }

    /**
     * Somebody who was believed lied: everything is forgotten, nobody believes them again, and the content is fetched by
     * another. If everybody's whole is wrong, it is the origin that is.
     */
    private void wholeWrong(NodeId node, ContentKey key, long nowNanos) {
        Member reporter = member(node, key);
        if (reporter == null) {
            return; // said about what has been forgotten already
        }
        ContentState content = reporter.content;
        if (content.trust.isProved(node)) {
            withdraw(reporter); // its disk or its word is wrong, and only its own copy
            return;
        }
        List<NodeId> members = new ArrayList<>();
        for (int i = 0; i < content.members.size(); i++) {
            members.add(content.members.get(i).node.id);
        }
        Collections.sort(members);
        for (NodeId id : members) {
            Member member = member(id, key);
            if (member != null) {
                withdraw(member);
            }
        }
        content.absences.forget(content);
        List<NodeId> behind = content.trust.wholeIsWrong(nowNanos);
        content.origin.strikes = 1;
        content.origin.lastFailure = FailureReason.CORRUPT;
        content.origin.seedsAsked = false;
        members.remove(node);
        leases.command(new SwarmCommand.Restart(key, behind, members));
    }

    private void proved(NodeId node, ContentKey key) {
        Member member = member(node, key);
        if (member != null && member.have.isFull()) {
            member.content.trust.proved(node);
            // Only now is it clear that they lied, and not the origin or whoever typed the digest.
            member.content.trust.takeConvicted(node).forEach(liar -> wrongWholes.merge(liar, 1, Integer::sum));
        }
    }

    private void readerMoved(SwarmEvent.ReaderMoved moved) {
        Member member = member(moved.node(), moved.content());
        if (member != null) {
            member.readsFrom(moved.piece());
        }
    }

    private void released(NodeId node, ContentKey content) {
        Member member = member(node, content);
        if (member != null) {
            leave(member);
        }
    }

    private void leave(Member member) {
        ContentState content = member.content;
        withdraw(member);
        if (content.members.isEmpty()) {
            contentsByKey.remove(content.key);
            contents.remove(content);
            leases.budgets.forget(content);
            leases.command(new SwarmCommand.Forget(content.key));
        }
    }

    /** Undoes all that this member brought; what it was fetching, and what was fetched from it, is open again. */
    private void withdraw(Member member) {
        for (GrantedLease lease : List.copyOf(member.leases)) {
            leases.end(lease);
        }
        for (GrantedLease lease : List.copyOf(member.serving)) {
            leases.endAndRevoke(lease);
        }
        if (member.askable()) {
            member.content.holds(member, false);
        }
        member.gone = true;
        leases.refresh(member);
        member.content.members.set(member, false);
        member.node.remove(member);
        leases.wake(member.content);
    }

    private void tick(long nowNanos) {
        failures.reinstate(nowNanos);
        leases.tick(nowNanos);
        clock.tick(nowNanos);
        for (ContentState content : contents) {
            content.absences.expire(content, nowNanos);
            if (!content.covered.isFull()) {
                leases.wake(content);
            }
            clock.expire(content, nowNanos);
            clock.wakeIdle(content);
        }
    }

    private @Nullable Member member(NodeId node, ContentKey content) {
        NodeState state = nodes.get(node);
        return state == null ? null : state.member(content);
    }

    private static @Nullable GrantedLease find(Member member, long leaseId) {
        for (int i = 0; i < member.leases.size(); i++) {
            if (member.leases.get(i).id == leaseId) {
                return member.leases.get(i);
            }
        }
        return null;
    }
}
