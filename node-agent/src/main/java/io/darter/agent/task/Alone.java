package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.peer.TransferException;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.schedulerlink.Neighbours;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a download goes on while the scheduler says nothing: after half a second from its {@link Partners}, and where nobody
 * has a piece, from the origin when it is this node's turn. It goes back to leases as soon as one is granted. Owned by
 * the download's thread; only the questions to partners run on threads of their own, and post their answers.
 */
final class Alone {
    private static final long SILENCE_NANOS = 500_000_000;
    /** A scheduler that is linked but hangs may be only busy: so long nobody goes to the origin by himself. */
    private static final long HUSHED_NANOS = 2_000_000_000;
    /** A scheduler that is linked answers a Want at once; one that does not for so long is as good as none. */
    private static final long UNANSWERED_NANOS = 10_000_000_000L;
    /** So long it is waited for what others hold before the origin is asked. */
    private static final long SURVEY_NANOS = 1_500_000_000;
    /** A node that the origin refuses waits for the others to get it, as long as anything moves among them. */
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private static final long REFUSED_NANOS = 5_000_000_000L;

    private final ContentSource source;
    private final TaskParts parts;
    private final Mailbox<DownloadMessage> mailbox;
    private final Partners partners;
    private final Autonomy autonomy = new Autonomy();
    private final Map<Long, Parent> fromPartners = new HashMap<>();
    private boolean tookFromPartners;
    private boolean awaitsGrant;
    private boolean hushed;
    private long hushedNanos;
    private long silentNanos;
    private long aloneNanos;
    private boolean alone;
    private long refusedUntilNanos;

    /** How much a download may do by itself. */
    enum Freedom {
        NONE,
        PARTNERS,
        ORIGIN
    }

    Alone(ContentSource source, TaskParts parts, Mailbox<DownloadMessage> mailbox, long nowNanos) {
        this.source = source;
        this.parts = parts;
        this.mailbox = mailbox;
        this.partners = new Partners(source.key(), nowNanos);
        this.silentNanos = nowNanos;
        this.refusedUntilNanos = nowNanos;
    }

    void unlinked(long nowNanos) {
        silentNanos = nowNanos;
    }

    void relinked(long nowNanos) {
        silentNanos = nowNanos;
        awaitsGrant = true;
    }

    void granted() {
        awaitsGrant = false;
    }

    /** @param idle nothing is on its way */
    Freedom freedom(boolean aloof, boolean linked, boolean idle, boolean begun, long nowNanos) {
        Freedom freedom = aloof ? Freedom.ORIGIN : allowed(linked, idle, begun, nowNanos);
        if (freedom != Freedom.NONE && !alone) {
            aloneNanos = nowNanos;
            partners.moved(nowNanos);
        }
        alone = freedom != Freedom.NONE;
        return freedom;
    }

    /** Whether the scheduler is there and has told how the content is cut: then it grants what somebody can give. */
    boolean answered(boolean linked, boolean begun) {
        return linked && begun && !hushed;
    }

    private Freedom allowed(boolean linked, boolean idle, boolean begun, long nowNanos) {
        SchedulerDesk scheduler = parts.scheduler();
        if (!scheduler.expected()) {
            return Freedom.ORIGIN;
        }
        boolean longAgo = nowNanos - silentNanos > SILENCE_NANOS;
        if (!linked) {
            return longAgo ? Freedom.ORIGIN : Freedom.NONE;
        }
        if (idle) {
            scheduler.probe();
        }
        if (scheduler.silent()) {
            hushedNanos = hushed ? hushedNanos : nowNanos;
            hushed = true;
            return nowNanos - hushedNanos > HUSHED_NANOS ? Freedom.ORIGIN : Freedom.PARTNERS;
        }
        hushed = false;
        if (!begun) {
            return nowNanos - silentNanos > UNANSWERED_NANOS ? Freedom.ORIGIN : Freedom.NONE;
        }
        // It is back, and gathers what nodes hold before it grants: what they hold they can exchange meanwhile.
        return awaitsGrant && longAgo ? Freedom.PARTNERS : Freedom.NONE;
    }

    void partners(List<Parent> nodes, long nowNanos) {
        partners.learn(nodes, self(), nowNanos);
    }

    void heard(DownloadMessage.Heard heard, PieceGeometry geometry, long nowNanos) {
        if (heard.have().isPresent()) {
            partners.heard(heard.node(), heard.have().get(), geometry, nowNanos);
        } else {
            partners.silent(heard.node(), heard.reason(), nowNanos);
        }
    }

    /**
     * Leases that the download grants itself now.
     *
     * @param taken pieces that are held or on their way
     * @param mayAskOrigin no granted lease on the origin is under way
     */
    List<GrantedLease> next(
            Freedom freedom, PieceGeometry geometry, PieceMap taken, int reader, boolean mayAskOrigin, long nowNanos) {
        List<GrantedLease> own = new ArrayList<>();
        if (!parts.memory().wasMisled(source.key())) {
            Neighbours neighbours = parts.scheduler().neighbours();
            partners.learn(neighbours.nodes(), neighbours.self(), nowNanos);
            partners.toAsk(nowNanos).forEach(this::ask);
            PieceMap left = taken.copy();
            for (Optional<Partners.Pick> pick = partners.pick(geometry, left, reader, self(), nowNanos);
                    pick.isPresent();
                    pick = partners.pick(geometry, left, reader, self(), nowNanos)) {
                own.add(fromPartner(pick.get()));
                take(left, pick.get().run());
            }
            taken = left;
        }
        if (freedom == Freedom.ORIGIN && mayAskOrigin && nowNanos - refusedUntilNanos >= 0) {
            fromOrigin(geometry, taken, reader, nowNanos).ifPresent(own::add);
        }
        return own;
    }

    private GrantedLease fromPartner(Partners.Pick pick) {
        Lease lease = new Lease(
                autonomy.nextId(),
                source.key(),
                pick.run(),
                new Source.Peer(pick.parent().node()),
                Long.MAX_VALUE);
        fromPartners.put(lease.id(), pick.parent());
        partners.granted(pick.parent().node());
        return new GrantedLease(lease, Optional.of(pick.parent()), new byte[0]);
    }

    private Optional<GrantedLease> fromOrigin(PieceGeometry geometry, PieceMap taken, int reader, long nowNanos) {
        if (!autonomy.isDue(nowNanos)) {
            return Optional.empty();
        }
        if (partners.isEmpty() || parts.memory().wasMisled(source.key())) {
            return autonomy.gap(taken, reader).map(run -> autonomy.begin(source.key(), run));
        }
        if (!partners.allAnswered() && nowNanos - aloneNanos < SURVEY_NANOS) {
            return Optional.empty();
        }
        return partners.turn(geometry, taken, reader, source.rangesSupported(), self(), nowNanos)
                .map(run -> autonomy.begin(source.key(), run));
    }

    private static void take(PieceMap taken, PieceRun run) {
        for (int piece = run.first(); piece < run.end(); piece++) {
            taken.set(piece);
        }
    }

    private void ask(Parent partner) {
        Thread.ofVirtual().name("have").start(() -> {
            try {
                DownloadMessage.Heard heard;
                try {
                    heard = DownloadMessage.Heard.that(
                            partner.node(), parts.peers().have(partner, source.key()));
                } catch (TransferException e) {
                    boolean refused = e.status() == 403;
                    heard = DownloadMessage.Heard.nothing(partner.node(), refused ? FailureReason.MISSING : e.reason());
                }
                mailbox.post(heard);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Optional<NodeId> self() {
        return parts.scheduler().neighbours().self();
    }

    /** A piece of an own lease came. */
    void arrived(long leaseId, int piece, boolean over, long nowNanos) {
        partners.moved(nowNanos);
        Parent partner = fromPartners.get(leaseId);
        if (partner == null) {
            autonomy.arrived(piece);
        } else {
            tookFromPartners = true;
            partners.delivered(partner.node());
        }
        if (over) {
            over(leaseId);
        }
    }

    /** An own lease is over, for good or bad. */
    void over(long leaseId) {
        Parent partner = fromPartners.remove(leaseId);
        if (partner == null) {
            autonomy.ended();
        } else {
            partners.over(partner.node());
        }
    }

    /**
     * The transfer of an own lease failed.
     *
     * @throws DarterException if there is nothing else to try
     */
    void failed(long leaseId, FailureReason reason, DarterException cause, long nowNanos) throws DarterException {
        Parent partner = fromPartners.get(leaseId);
        if (partner != null) {
            partners.failed(partner.node(), reason, nowNanos);
            return;
        }
        if (reason == FailureReason.RETURNED) {
            return;
        }
        boolean again = Failures.passing(reason, cause) && autonomy.mayRetry(nowNanos);
        if (again) {
            return;
        }
        boolean gone = reason == FailureReason.CHANGED || cause.originStatus() == 404 || cause.originStatus() == 410;
        if (gone || !partners.anyAlive(nowNanos) || nowNanos - partners.movedNanos() > PATIENCE_NANOS) {
            throw cause;
        }
        refusedUntilNanos = nowNanos + REFUSED_NANOS; // perhaps the origin gives it to another
    }

    /** What came is not the content, and some of it came from partners: the next try does without them. */
    boolean wasMisled() {
        if (tookFromPartners) {
            parts.memory().misled(source.key());
        }
        return tookFromPartners;
    }

    boolean isFarFrom(int piece) {
        return autonomy.isFarFrom(piece);
    }
}
