package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.appliance.meta.MetaDesk;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.task.TaskBook;
import io.darter.link.Capability;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Announce;
import io.darter.link.v1.Assist;
import io.darter.link.v1.Content;
import io.darter.link.v1.Delivered;
import io.darter.link.v1.Describe;
import io.darter.link.v1.LeaseFailed;
import io.darter.link.v1.MetaAcquire;
import io.darter.link.v1.MetaAnswer;
import io.darter.link.v1.MetaPublish;
import io.darter.link.v1.Reason;
import io.darter.link.v1.Recheck;
import io.darter.link.v1.Run;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Verified;
import io.darter.link.v1.Want;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.ContentSpec;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.NodeDuty;
import io.darter.swarm.scheduling.NodeTraits;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns link messages of one cluster's agents into events of the core, and the core's commands into link messages. Keeps
 * beside the core what the core does not decide on: addresses, origins, digests of pieces, tasks. It never lets the core
 * believe in a piece whose digest is unknown, because a child could not verify it.
 *
 * <p>No threads, no clock: {@link ClusterScheduler} calls it, with the time. Messages wait until {@link #flush}.
 */
final class SwarmDesk {
    private static final Logger log = LoggerFactory.getLogger(SwarmDesk.class);
    private static final int KEY_GENERATION = 1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final SchedulingCore core;
    private final byte[] clusterKey;
    private final LongToIntFunction pieceBytes;
    private final TaskBook tasks;
    private final OriginJournal journal;
    private final ClusterRules rules;
    private final Map<NodeId, Link> links = new HashMap<>();
    private final ContentBook contents = new ContentBook();
    private final LeaseBook leases = new LeaseBook();
    private final MetaDesk<AgentPort> meta = new MetaDesk<>();
    private final Map<ContentKey, LeaseFailed> lastFailures = new HashMap<>();
    private final Outbox outbox = new Outbox();
    private final PartnerBook partners = new PartnerBook();
    private final List<SwarmEvent> followUps = new ArrayList<>();
    private long nowNanos;
    private long nowMillis;

    /** @param pieceBytes the size of pieces the core uses for a content of so many bytes */
    SwarmDesk(
            SchedulingCore core,
            byte[] clusterKey,
            LongToIntFunction pieceBytes,
            TaskBook tasks,
            OriginJournal journal,
            ClusterRules rules) {
        this.rules = rules;
        this.core = core;
        this.clusterKey = clusterKey;
        this.pieceBytes = pieceBytes;
        this.tasks = tasks;
        this.journal = journal;
    }

    void handle(Mail mail, long nanos, long millis) {
        nowNanos = nanos;
        nowMillis = millis;
        switch (mail) {
            case Mail.LinkUp up -> linkUp(up);
            case Mail.LinkDown(var node, var port) -> linkDown(node, port);
            case Mail.FromAgent(var node, var port, var message) -> {
                Link link = links.get(new NodeId(node.id()));
                if (link != null && link.port().equals(port)) {
                    fromAgent(link, message);
                }
            }
            case Mail.Changed(var node) ->
                Optional.ofNullable(links.get(new NodeId(node.id())))
                        .ifPresent(link -> apply(new SwarmEvent.NodeChanged(link.id(), traits(link))));
            case Mail.Purged(var keys) -> keys.forEach(this::purge);
            case Mail.Ask(var question) -> question.run();
        }
    }

    void tick(long nanos, long millis) {
        nowNanos = nanos;
        nowMillis = millis;
        apply(new SwarmEvent.Tick());
        List<SwarmEvent> again = List.copyOf(followUps);
        followUps.clear();
        again.forEach(this::apply);
        leases.expire(nanos);
        answer(meta.tick(millis));
        tasks.tick(millis);
        partners.next().forEach(this::sendPartners);
    }

    /** Sends what the events since the last call led to. */
    void flush() {
        countOriginConnections();
        outbox.flush();
    }

    private void linkUp(Mail.LinkUp up) {
        NodeRecord node = up.node();
        NodeId id = new NodeId(node.id());
        Link old = links.get(id);
        if (old != null) {
            drop(old);
            refuseReplaced(node, old.port());
        }
        byte[] key = Capability.parentKey(clusterKey, id, KEY_GENERATION);
        Link link = new Link(node, id, up.port(), up.peerHost(), up.hello().getPeerPort(), key, up.hello());
        links.put(id, link);
        partners.joined(PartnerBook.CLUSTER, id, node.isSeed(), true);
        apply(new SwarmEvent.NodeUp(id, traits(link)));
    }

    private NodeTraits traits(Link link) {
        return rules.traits(link.node(), link.hello().getZone(), link.hello().getRack());
    }

    private boolean worksForOthers(Link link) {
        return traits(link).duty() == NodeDuty.FULL;
    }

    /** Who takes part in it is told that it is over; who hears of it later is refused. */
    private void purge(ContentKey key) {
        core.view(key)
                .ifPresent(view -> view.peers().forEach(peer -> {
                    giveUp(peer.node(), key, FailureReason.MISSING);
                    Optional.ofNullable(links.get(peer.node())).ifPresent(link -> released(link, key));
                }));
    }

    /** Ends the link that a newer one of the same node takes the place of. */
    static void refuseReplaced(NodeRecord node, AgentPort old) {
        old.refuse(
                "LINK_REPLACED",
                "The node " + node.name()
                        + " attached again. If two machines use one identity, join one of them again");
    }

    private void linkDown(NodeRecord node, AgentPort port) {
        Link link = links.get(new NodeId(node.id()));
        if (link != null && link.port().equals(port)) {
            drop(link);
        }
        answer(meta.gone(port, nowMillis));
    }

    private void drop(Link link) {
        links.remove(link.id());
        partners.gone(link.id());
        leases.nodeDown(link.id());
        tasks.nodeDown(link.id(), nowMillis);
        apply(new SwarmEvent.NodeDown(link.id()));
    }

    private void fromAgent(Link link, AgentMessage message) {
        switch (message.getMessageCase()) {
            case WANT -> want(link, message.getWant());
            case VERIFIED -> verified(link, message.getVerified());
            case LEASE_FAILED -> leaseFailed(link, message.getLeaseFailed());
            case ORIGIN_BUSY ->
                apply(new SwarmEvent.OriginBusy(
                        link.id(),
                        new ContentKey(message.getOriginBusy().getKey()),
                        TimeUnit.MILLISECONDS.toNanos(message.getOriginBusy().getPauseMillis())));
            case READER_MOVED ->
                apply(new SwarmEvent.ReaderMoved(
                        link.id(),
                        new ContentKey(message.getReaderMoved().getKey()),
                        message.getReaderMoved().getPiece()));
            case RELEASED -> released(link, new ContentKey(message.getReleased().getKey()));
            case ANNOUNCE -> announce(link, message.getAnnounce());
            case META_ACQUIRE -> metaAcquire(link, message.getMetaAcquire());
            case META_PUBLISH -> metaPublish(link, message.getMetaPublish());
            case DELIVERED -> delivered(link, message.getDelivered());
            case PING -> outbox.message(link.port(), Wire.pong(message.getPing().getNumber()));
            case HELLO, HEARTBEAT, TRACE_ANSWER, OBEYED, EVICTED, MESSAGE_NOT_SET -> {}
        }
    }

    private void want(Link link, Want want) {
        Content content = want.getContent();
        ContentKey key = new ContentKey(content.getKey());
        long size = content.getSizeBytes();
        if (rules.isPurged(key)) {
            outbox.message(link.port(), Wire.giveUp(key, FailureReason.MISSING, Wire.PURGED, 0));
            return;
        }
        ContentBook.Entry entry = contents.describe(key, content, want.getTask(), geometry(size));
        if (entry.geometry().sizeBytes() != size) {
            String words = "the node says that it has " + size + " bytes, others "
                    + entry.geometry().sizeBytes();
            outbox.message(link.port(), Wire.giveUp(key, FailureReason.CHANGED, words, 0));
            return;
        }
        if (Claims.contradict(entry, want)) {
            // What it holds is of digests that were wrong; it was away when the others were told.
            outbox.message(link.port(), Wire.discard(key));
            return;
        }
        PieceMap have = Claims.held(entry, want, entry.distrusts(link.id()));
        boolean image = !content.getRegistry().isEmpty();
        tasks.wanted(link.node(), want.getTask(), image, key, entry.geometry(), have, nowMillis);
        boolean whole = have != null && have.isFull();
        partners.joined(key.value(), link.id(), link.node().isSeed(), !whole);
        ContentSpec spec = entry.spec(key, content.getRangesSupported());
        long reader = want.getReaderOffset() / Math.max(1, entry.geometry().pieceBytes());
        apply(new SwarmEvent.Wanted(
                link.id(),
                spec,
                have,
                want.getLive(),
                Math.clamp(reader, 0, Integer.MAX_VALUE),
                Claims.fetching(entry, want)));
    }

    private void verified(Link link, Verified verified) {
        ContentKey key = new ContentKey(verified.getKey());
        ContentBook.Entry entry = contents.find(key);
        if (entry == null) {
            return;
        }
        PieceRun run =
                new PieceRun(verified.getRun().getFirst(), verified.getRun().getCount());
        if (run.end() > entry.geometry().pieces()) {
            throw new IllegalArgumentException("pieces beyond the end of " + key);
        }
        boolean believed = !entry.distrusts(link.id()) || leases.isFromOrigin(verified.getLease(), link.id(), key);
        ByteString digests = believed ? verified.getPieceDigests() : ByteString.EMPTY;
        if (!Claims.verified(entry, run, digests)) {
            leases.over(verified.getLease());
            apply(new SwarmEvent.LeaseFailed(link.id(), key, verified.getLease(), FailureReason.CORRUPT));
            log.atWarn()
                    .addKeyValue("node", link.node().name())
                    .addKeyValue("content", key)
                    .log("a node reported pieces whose digests contradict the known ones");
            return;
        }
        LeaseBook.Entry lease = leases.arrived(verified.getLease(), link.id(), key, run, nowNanos);
        boolean fromOrigin = lease == null ? !verified.getPieceDigests().isEmpty() : lease.fromOrigin;
        tasks.verified(link.id(), key, run, fromOrigin, nowMillis);
        long tookNanos = verified.getTookMicros() * 1000;
        apply(new SwarmEvent.Verified(link.id(), key, verified.getLease(), run, tookNanos));
    }

    private void leaseFailed(Link link, LeaseFailed failed) {
        ContentKey key = new ContentKey(failed.getKey());
        if (contents.find(key) == null) {
            return;
        }
        if (!failed.getDetail().isEmpty()) {
            lastFailures.put(key, failed);
        }
        if (failed.getLease() == 0 && failed.getReason() == Reason.CORRUPT) {
            log.atWarn()
                    .addKeyValue("node", link.node().name())
                    .addKeyValue("content", key)
                    .log("a node found the whole wrong though every piece had its digest");
            apply(new SwarmEvent.WholeWrong(link.id(), key));
            return;
        }
        if (failed.getReason() == Reason.CORRUPT) {
            askToRecheck(leases.find(failed.getLease(), link.id(), key));
        }
        leases.over(failed.getLease());
        apply(new SwarmEvent.LeaseFailed(link.id(), key, failed.getLease(), Wire.reason(failed.getReason())));
    }

    /** Perhaps the parent does not lie and its disk does. */
    private void askToRecheck(LeaseBook.@Nullable Entry lease) {
        if (lease != null && lease.parent != null) {
            Run.Builder run = Run.newBuilder().setFirst(lease.run.first()).setCount(lease.run.count());
            send(
                    lease.parent,
                    SchedulerMessage.newBuilder()
                            .setRecheck(Recheck.newBuilder()
                                    .setKey(lease.content.value())
                                    .setRun(run)));
        }
    }

    private void restart(ContentKey key, List<NodeId> liars, List<NodeId> members) {
        ContentBook.Entry entry = contents.find(key);
        if (entry != null) {
            entry.restart(liars);
        }
        log.atWarn()
                .addKeyValue("content", key)
                .addKeyValue("broughtBy", liars)
                .log("what was fetched is wrong; it is fetched again by another node");
        members.forEach(node -> discard(node, key));
    }

    private void discard(NodeId node, ContentKey key) {
        leases.released(node, key);
        Optional.ofNullable(links.get(node)).ifPresent(link -> outbox.message(link.port(), Wire.discard(key)));
    }

    private void released(Link link, ContentKey key) {
        tasks.released(link.id(), key, nowMillis);
        leases.released(link.id(), key);
        partners.left(key.value(), link.id());
        apply(new SwarmEvent.Released(link.id(), key));
    }

    private void announce(Link link, Announce announce) {
        Map<ContentKey, PieceGeometry> geometries = new LinkedHashMap<>();
        for (Content content : announce.getContentsList()) {
            geometries.put(new ContentKey(content.getKey()), geometry(content.getSizeBytes()));
        }
        tasks.announced(link.node(), announce.getTask(), geometries, nowMillis);
    }

    private void delivered(Link link, Delivered delivered) {
        ContentKey key = new ContentKey(delivered.getKey());
        tasks.delivered(link.id(), key, delivered.getBytes(), nowMillis);
        // Nobody is given the last piece before the whole is proved.
        apply(new SwarmEvent.Proved(link.id(), key));
    }

    private void metaAcquire(Link link, MetaAcquire acquire) {
        answer(meta.acquire(
                link.port(), acquire.getRequest(), acquire.getName(), acquire.getFreshSeconds() * 1000L, nowMillis));
    }

    private void metaPublish(Link link, MetaPublish publish) {
        answer(meta.publish(
                link.port(),
                publish.getRequest(),
                publish.getName(),
                publish.hasValue() ? publish.getValue() : null,
                nowMillis));
    }

    private void answer(List<MetaDesk.Reply<AgentPort>> replies) {
        for (MetaDesk.Reply<AgentPort> reply : replies) {
            MetaAnswer.Builder answer =
                    MetaAnswer.newBuilder().setRequest(reply.request()).setFetch(reply.fetch());
            if (reply.value() != null) {
                answer.setValue(reply.value());
            }
            outbox.message(
                    reply.to(),
                    SchedulerMessage.newBuilder().setMetaAnswer(answer).build());
        }
    }

    private void apply(SwarmEvent event) {
        for (SwarmCommand command : core.apply(event, nowNanos)) {
            switch (command) {
                case SwarmCommand.Describe(var node, var key, var geometry) ->
                    send(
                            node,
                            SchedulerMessage.newBuilder()
                                    .setDescribe(Describe.newBuilder()
                                            .setKey(key.value())
                                            .setSizeBytes(geometry.sizeBytes())
                                            .setPieceBytes(geometry.pieceBytes())
                                            .setPiecesProved(core.isProved(key, node))));
                case SwarmCommand.Grant(var node, var lease) -> grant(node, lease);
                case SwarmCommand.Revoke(var node, var key, var leaseId) ->
                    Optional.ofNullable(links.get(node))
                            .ifPresent(link -> outbox.revoke(link.port(), key.value(), leaseId));
                case SwarmCommand.Assist(var seed, var spec) -> assist(seed, spec.key());
                case SwarmCommand.GiveUp(var node, var key, var reason) -> giveUp(node, key, reason);
                case SwarmCommand.Restart(var key, var liars, var members) -> restart(key, liars, members);
                case SwarmCommand.Discard(var node, var key) -> discard(node, key);
                case SwarmCommand.Forget(var key) -> {
                    contents.forget(key);
                    partners.forget(key.value());
                    lastFailures.remove(key);
                }
            }
        }
    }

    private void grant(NodeId node, Lease lease) {
        Link child = links.get(node);
        if (child == null) {
            return;
        }
        var wire = io.darter.link.v1.Lease.newBuilder()
                .setId(lease.id())
                .setKey(lease.content().value())
                .setRun(Run.newBuilder()
                        .setFirst(lease.run().first())
                        .setCount(lease.run().count()))
                .setExpiresAtMillis(nowMillis + (lease.expiresAtNanos() - nowNanos) / NANOS_PER_MILLI)
                .setTellAfterPieces(lease.tellAfterPieces());
        switch (lease.source()) {
            case Source.Origin() -> journal.granted(node, lease);
            case Source.Peer(var parentId) -> {
                Link parent = links.get(parentId);
                ContentBook.Entry entry = contents.find(lease.content());
                ByteString digests = entry == null ? null : entry.digests(lease.run());
                if (parent == null || digests == null) {
                    followUps.add(new SwarmEvent.LeaseFailed(node, lease.content(), lease.id(), FailureReason.MISSING));
                    return;
                }
                wire.setPieceDigests(digests)
                        .setParent(Introductions.parent(parent, child, lease.content(), nowMillis));
            }
        }
        leases.granted(node, lease, nowNanos);
        outbox.grant(child.port(), wire.build());
    }

    private void sendPartners(PartnerBook.Due due) {
        Link child = links.get(due.node());
        if (child != null) {
            List<Link> chosen = new ArrayList<>();
            partners.partners(due)
                    .forEach(node -> Optional.ofNullable(links.get(node))
                            .filter(this::worksForOthers)
                            .ifPresent(chosen::add));
            if (!chosen.isEmpty()) {
                outbox.message(child.port(), Introductions.partners(due.group(), chosen, child, nowMillis));
            }
        }
    }

    private void assist(NodeId seed, ContentKey key) {
        ContentBook.Entry entry = contents.find(key);
        if (entry != null) {
            send(
                    seed,
                    SchedulerMessage.newBuilder()
                            .setAssist(Assist.newBuilder()
                                    .setContent(entry.content())
                                    .setTask(entry.task())));
        }
    }

    private void giveUp(NodeId node, ContentKey key, FailureReason reason) {
        LeaseFailed last = lastFailures.get(key);
        String words = rules.isPurged(key) ? Wire.PURGED : last == null ? Wire.words(reason) : last.getDetail();
        int status = last == null ? 0 : last.getOriginStatus();
        leases.released(node, key);
        tasks.gaveUp(node, key, words, nowMillis);
        Optional.ofNullable(links.get(node))
                .ifPresent(link -> outbox.message(link.port(), Wire.giveUp(key, reason, words, status)));
    }

    private void send(NodeId node, SchedulerMessage.Builder message) {
        Link link = links.get(node);
        if (link != null) {
            outbox.message(link.port(), message.build());
        }
    }

    private void countOriginConnections() {
        Map<String, Integer> byTask = leases.originConnections(tasks::taskId);
        if (!byTask.isEmpty()) {
            tasks.originConnections(byTask);
        }
    }

    private PieceGeometry geometry(long sizeBytes) {
        return new PieceGeometry(sizeBytes, pieceBytes.applyAsInt(sizeBytes));
    }

    int linkCount() {
        return links.size();
    }
}
