package io.darter.agent.schedulerlink;

import com.google.protobuf.ByteString;
import io.darter.agent.origin.OriginClient.MetaResponse;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.task.ContentSource;
import io.darter.link.v1.Content;
import io.darter.link.v1.Fetching;
import io.darter.link.v1.MetaValue;
import io.darter.link.v1.Parent;
import io.darter.link.v1.Reason;
import io.darter.link.v1.Run;
import io.darter.link.v1.Want;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.SwarmEvent;
import java.net.URI;
import java.util.Optional;

/** Values to messages of the link, and back. What a message cannot say is an IllegalArgumentException. */
final class LinkMapping {
    private LinkMapping() {}

    static Content toMessage(ContentSource source) {
        return Content.newBuilder()
                .setKey(source.key().value())
                .setSizeBytes(source.sizeBytes())
                .setDigest(source.digest())
                .setRangesSupported(source.rangesSupported())
                .setUrl(source.url().toString())
                .setRegistry(source.registry())
                .setRepository(source.repository())
                .setEtag(source.etag())
                .setLastModified(source.lastModified())
                .build();
    }

    static ContentSource fromMessage(Content content) {
        if (content.getSizeBytes() < 0) {
            throw new IllegalArgumentException("a content of " + content.getSizeBytes() + " bytes");
        }
        return new ContentSource(
                new ContentKey(content.getKey()),
                content.getSizeBytes(),
                content.getDigest(),
                content.getRangesSupported(),
                URI.create(content.getUrl()),
                content.getRegistry(),
                content.getRepository(),
                content.getEtag(),
                content.getLastModified());
    }

    static Want toMessage(Wanted wanted) {
        Want.Builder want = Want.newBuilder()
                .setContent(toMessage(wanted.content()))
                .setTask(wanted.task())
                .setLive(wanted.live())
                .setAssist(wanted.assist())
                .setReaderOffset(wanted.readerOffset());
        wanted.held()
                .ifPresent(
                        held -> want.setHave(ByteString.copyFrom(held.pieces().toBytes()))
                                .setPieceBytes(held.pieceBytes())
                                .setPieceDigests(ByteString.copyFrom(held.digests())));
        for (SwarmEvent.Fetching fetching : wanted.fetching()) {
            want.addFetching(Fetching.newBuilder().setLease(fetching.leaseId()).setRun(toMessage(fetching.run())));
        }
        return want.build();
    }

    static Run toMessage(PieceRun run) {
        return Run.newBuilder().setFirst(run.first()).setCount(run.count()).build();
    }

    static PieceRun fromMessage(Run run) {
        return new PieceRun(run.getFirst(), run.getCount());
    }

    static Reason toMessage(FailureReason reason) {
        return switch (reason) {
            case CORRUPT -> Reason.CORRUPT;
            case STALLED -> Reason.STALLED;
            case UNREACHABLE -> Reason.UNREACHABLE;
            case MISSING -> Reason.MISSING;
            case ORIGIN_REFUSED -> Reason.ORIGIN_REFUSED;
            case CHANGED -> Reason.CHANGED;
            case RETURNED -> Reason.RETURNED;
        };
    }

    /** A reason of a newer appliance that this agent does not know means as much as: nobody can deliver. */
    static FailureReason fromMessage(Reason reason) {
        return switch (reason) {
            case CORRUPT -> FailureReason.CORRUPT;
            case STALLED -> FailureReason.STALLED;
            case UNREACHABLE -> FailureReason.UNREACHABLE;
            case ORIGIN_REFUSED -> FailureReason.ORIGIN_REFUSED;
            case CHANGED -> FailureReason.CHANGED;
            case RETURNED -> FailureReason.RETURNED;
            case MISSING, REASON_UNSPECIFIED, UNRECOGNIZED -> FailureReason.MISSING;
        };
    }

    static GrantedLease fromMessage(io.darter.link.v1.Lease lease, ApplianceClock clock) {
        Optional<PieceClient.Parent> parent =
                lease.hasParent() ? Optional.of(fromMessage(lease.getParent())) : Optional.empty();
        Source source = parent.<Source>map(peer -> new Source.Peer(peer.node())).orElse(Source.ORIGIN);
        return new GrantedLease(
                new Lease(
                        lease.getId(),
                        new ContentKey(lease.getKey()),
                        fromMessage(lease.getRun()),
                        source,
                        clock.toNanos(lease.getExpiresAtMillis()),
                        lease.getTellAfterPieces()),
                parent,
                lease.getPieceDigests().toByteArray());
    }

    static PieceClient.Parent fromMessage(Parent parent) {
        return new PieceClient.Parent(
                new NodeId(parent.getNode()),
                parent.getHost(),
                parent.getPort(),
                parent.getCapability().toByteArray());
    }

    static MetaValue toMessage(MetaResponse answer, long fetchedAtMillis) {
        return MetaValue.newBuilder()
                .setStatus(answer.status())
                .putAllHeaders(answer.headers())
                .setBody(ByteString.copyFrom(answer.body()))
                .setFetchedAtMillis(fetchedAtMillis)
                .build();
    }

    static MetaResponse fromMessage(MetaValue value) {
        return new MetaResponse(
                value.getStatus(), value.getHeadersMap(), value.getBody().toByteArray());
    }
}
