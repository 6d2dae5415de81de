package io.darter.swarm.scheduling;

import io.darter.swarm.Lease;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grants leases and ends them, and keeps what hangs on it in step: what is requested, how many leases a parent has,
 * who has room for more. It notes who has to be looked at again because of it.
 */
final class LeaseBook {
    /** A shorter transfer tells how far away a node is, not how fast: a configuration of 178 bytes is no slow node. */
    private static final long SAMPLE_BYTES_MIN = 64 << 10;

    final SchedulingPolicy policy;
    final OriginBudgets budgets;
    final Partners partners = new Partners(this);
    final Deque<ContentState> wokenContents = new ArrayDeque<>();
    final List<Member> wokenChildren = new ArrayList<>();
    final List<Member> wokenParents = new ArrayList<>();
    /** Leases on peers by age; those that are over are dropped when met. */
    final Deque<GrantedLease> byAge = new ArrayDeque<>();
    /** What a parent usually delivers, bytes per second, all leases on it together; 0 = not known. */
    double typicalRate;
    /** Hungry live children that have next to nothing under way, over all contents. */
    int liveStarving;

    private List<SwarmCommand> commands = new ArrayList<>();
    private long nextId;
    private int active;

    /** @param firstId of this lease and those after it */
    LeaseBook(SchedulingPolicy policy, long firstId) {
        this.policy = policy;
        this.budgets = new OriginBudgets(policy.originConnectionsPerTask());
        this.nextId = firstId;
    }

    /** The next lease's id: those of all before it are lower. */
    long nextId() {
        return nextId;
    }

    void command(SwarmCommand command) {
        commands.add(command);
    }

    List<SwarmCommand> takeCommands() {
        List<SwarmCommand> taken = commands;
        commands = new ArrayList<>();
        return taken;
    }

    void grantFromPeer(Member child, Member parent, PieceRun run, long nowNanos) {
        GrantedLease lease = grant(child, parent, run, new Source.Peer(parent.node.id), policy.leaseNanos(), nowNanos);
        byAge.addLast(lease);
        active++;
        child.content.peerPiecesGranted += run.count();
        parent.serving.add(lease);
        parent.node.uploads++;
        refreshRoom(parent.node);
        refresh(child);
    }

    void grantFromOrigin(Member child, PieceRun run, long nowNanos) {
        OriginBook origin = child.content.origin;
        child.content.trust.fetches(child);
        // The lease is good as long as it moves; the date only ends one that nobody can take back.
        long lifeNanos = Math.min(policy.leaseNanos() * (1 + run.count()), 3_600_000_000_000L);
        GrantedLease lease = grant(child, null, run, Source.ORIGIN, lifeNanos, nowNanos);
        origin.piecesGranted += run.count();
        fetching(lease);
    }

    /** A node that comes back still fetches from the origin under this lease, which was granted before its link broke. */
    void adopt(Member child, long id, PieceRun run, long nowNanos) {
        GrantedLease lease = new GrantedLease(id, child, null, run, nowNanos);
        enter(lease);
        child.content.trust.fetches(child);
        fetching(lease);
    }

    private void fetching(GrantedLease lease) {
        Member child = lease.child;
        child.content.origin.leases.add(lease);
        for (int piece = lease.first(); piece < lease.end(); piece++) {
            if (!child.have.get(piece)) {
                child.content.origin.leased.set(piece);
                child.content.covered.set(piece);
            }
        }
        if (child.originLeases++ == 0) {
            child.content.task.connects(child.content, child.node);
            child.content.registry.connects(child.content, child.node);
        }
        child.node.originLeases++;
        refresh(child);
    }

    private GrantedLease grant(
            Member child, @Nullable Member parent, PieceRun run, Source source, long lifeNanos, long nowNanos) {
        GrantedLease lease = new GrantedLease(nextId++, child, parent, run, nowNanos);
        int group = child.content.group;
        int tellAfter = parent == null
                ? group
                : Math.max(group, partners.rule(child.content).tellAfterPieces(child, run.first()));
        enter(lease);
        command(new SwarmCommand.Grant(
                child.node.id, new Lease(lease.id, child.content.key, run, source, nowNanos + lifeNanos, tellAfter)));
        return lease;
    }

    private static void enter(GrantedLease lease) {
        Member child = lease.child;
        child.leases.add(lease);
        for (int piece = lease.first(); piece < lease.end(); piece++) {
            if (!child.have.get(piece) && child.requested.set(piece)) {
                child.content.coming(piece, 1);
            }
        }
    }

    /** The child holds this piece now. */
    void arrived(Member child, int piece) {
        ContentState content = child.content;
        if (!child.have.set(piece)) {
            return;
        }
        content.trust.brought(piece, child.node.id);
        if (child.requested.clear(piece)) {
            content.coming(piece, -1);
        }
        if (child.askable()) {
            content.holderAdded(piece);
        }
        if (content.origin.leased.get(piece) && isLeasedFromOriginBy(child, piece)) {
            content.origin.leased.clear(piece);
            content.origin.piecesDelivered++;
            if (content.task.delivered(content.geometry.bytes(PieceRun.of(piece)))) {
                wakeFirst(content.task.takeWaiting());
            }
            content.recover(piece);
        }
    }

    private static boolean isLeasedFromOriginBy(Member child, int piece) {
        for (int i = 0; i < child.leases.size(); i++) {
            GrantedLease lease = child.leases.get(i);
            if (lease.fromOrigin() && lease.contains(piece)) {
                return true;
            }
        }
        return false;
    }

    /** The lease is over, whatever it has delivered; what it has not is open again. */
    void end(GrantedLease lease) {
        if (lease.over) {
            return;
        }
        lease.over = true;
        Member child = lease.child;
        child.leases.remove(lease);
        reopen(lease);
        Member parent = lease.parent;
        if (parent == null) {
            child.content.origin.leases.remove(lease);
            child.node.originLeases--;
            if (--child.originLeases == 0) {
                disconnected(child);
            }
            wake(child.content);
        } else {
            active--;
            parent.serving.remove(lease);
            parent.node.uploads--;
            refreshRoom(parent.node);
            wakeParent(parent);
        }
        refresh(child);
        wakeChild(child);
    }

    /** Origins that had too much to do may be asked by more again: who waits for that is woken. */
    void tick(long nowNanos) {
        budgets.tick(nowNanos).forEach(budget -> wakeFirst(budget.takeWaiting()));
    }

    private void disconnected(Member fetcher) {
        ContentState content = fetcher.content;
        content.task.disconnects(fetcher.node);
        content.registry.disconnects(fetcher.node);
        wakeFirst(content.registry.takeWaiting());
        wakeFirst(content.task.takeWaiting());
    }

    /** It is their turn, before whoever had the connection asks for it again. */
    private void wakeFirst(List<ContentState> waiting) {
        for (ContentState content : waiting.reversed()) {
            if (!content.woken) {
                content.woken = true;
                wokenContents.addFirst(content);
            }
        }
    }

    void endAndRevoke(GrantedLease lease) {
        if (!lease.over) {
            command(new SwarmCommand.Revoke(lease.child.node.id, lease.child.content.key, lease.id));
            end(lease);
        }
    }

    private static void reopen(GrantedLease lease) {
        Member child = lease.child;
        ContentState content = child.content;
        for (int piece = lease.first(); piece < lease.end(); piece++) {
            if (child.have.get(piece)) {
                continue;
            }
            if (!isLeasedElsewhere(child, piece) && child.requested.clear(piece)) {
                content.coming(piece, -1);
            }
            if (lease.fromOrigin() && content.origin.leased.clear(piece)) {
                content.recover(piece);
            }
        }
    }

    private static boolean isLeasedElsewhere(Member child, int piece) {
        for (int i = 0; i < child.leases.size(); i++) {
            if (child.leases.get(i).contains(piece)) {
                return true;
            }
        }
        return false;
    }

    /** Puts the member into the sets it belongs to now. */
    void refresh(Member member) {
        ContentState content = member.content;
        boolean starvedBefore = member.starving;
        PartnerRule rule = partners.rule(content);
        member.parents = Partners.parents(member.leases);
        int leasesBefore = Math.max(1, window(member) + 1 - rule.leasesWorthAMessage(member));
        content.hungry.set(member, member.wanting() && member.peerLeases() < leasesBefore);
        member.starving = member.live && content.hungry.contains(member) && member.peerLeases() < 2;
        if (member.starving != starvedBefore) {
            int change = member.starving ? 1 : -1;
            content.liveStarving += change;
            liveStarving += change;
        }
        setRoom(member);
        content.seeking.set(member, content.hungry.contains(member) && rule.isSeeking(member));
    }

    private void setRoom(Member member) {
        boolean room = hasRoom(member);
        member.content.available.set(member, room);
        member.children = partners.children(member.serving);
        member.content.open.set(member, room && partners.rule(member.content).isOpen(member));
    }

    private void refreshRoom(NodeState node) {
        for (int i = 0; i < node.members.size(); i++) {
            Member member = node.members.get(i);
            setRoom(member);
        }
    }

    private boolean hasRoom(Member member) {
        return member.askable() && member.have.count() > 0 && member.node.uploads < queueMax(member);
    }

    /** A slow parent is given one lease at a time: what waits at it holds up a whole swarm. */
    private int queueMax(Member member) {
        return isSlowSender(member.node) ? 1 : partners.rule(member.content).queueLeases();
    }

    /** It may be granted another lease now that it is granted some. See hungry for whether one is worth a message. */
    boolean mayHoldMore(Member member) {
        return member.wanting() && member.peerLeases() < window(member);
    }

    private int window(Member member) {
        PartnerRule rule = partners.rule(member.content);
        int window = rule.windowLeases();
        if (isSlowReceiver(member.node)) {
            return Math.min(2, window);
        }
        return member.originLeases > 0 ? rule.fetcherWindowLeases(member.content) : window;
    }

    boolean isSlowSender(NodeState node) {
        return node.sendRate > 0 && node.sendRate < typicalRate / 4;
    }

    boolean isSlowReceiver(NodeState node) {
        return node.receiveRate > 0 && node.receiveRate < typicalRate / 4;
    }

    /** Learns from pieces that came under this lease. */
    void learn(GrantedLease lease, long bytes, int pieces, long tookNanos, long nowNanos) {
        lease.progressNanos = nowNanos;
        if (tookNanos <= 0 || bytes < SAMPLE_BYTES_MIN) {
            return;
        }
        double rate = bytes * 1e9 / tookNanos;
        Member parent = lease.parent;
        double receiving = rate * Math.max(1, lease.child.leases.size());
        if (parent == null) {
            lease.child.node.learnReceiving(receiving);
            return;
        }
        double sending = rate * Math.max(1, parent.node.uploads);
        if (lease.child.originLeases
                == 0) { // else its link is taken by what comes from the origin, which says nothing of the parent
            NodeState.learn(parent.node, sending, lease.child.node, receiving, typicalRate);
        }
        typicalRate = typicalRate == 0 ? sending : typicalRate + 0.02 * (parent.node.sendRate - typicalRate);
        ContentState content = lease.child.content;
        double pieceNanos = (double) tookNanos / pieces;
        content.pieceNanos =
                content.pieceNanos == 0 ? pieceNanos : content.pieceNanos + 0.05 * (pieceNanos - content.pieceNanos);
    }

    /** Drops what is over from the front, and from everywhere when that is most of it. */
    void compact() {
        while (!byAge.isEmpty() && byAge.peekFirst().over) {
            byAge.removeFirst();
        }
        if (byAge.size() > 2 * active + 64) {
            byAge.removeIf(lease -> lease.over);
        }
    }

    int readAheadPieces(ContentState content) {
        return Math.clamp(policy.readAheadBytes() / content.geometry.pieceBytes(), 64, 1 << 26);
    }

    void wake(ContentState content) {
        if (!content.woken) {
            content.woken = true;
            wokenContents.add(content);
        }
    }

    void wakeChild(Member member) {
        if (!member.wokenAsChild) {
            member.wokenAsChild = true;
            wokenChildren.add(member);
        }
    }

    void wakeParent(Member member) {
        if (!member.wokenAsParent) {
            member.wokenAsParent = true;
            wokenParents.add(member);
        }
    }
}
