package io.darter.agent.schedulerlink;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.link.v1.Assist;
import io.darter.link.v1.Content;
import io.darter.link.v1.Describe;
import io.darter.link.v1.Evict;
import io.darter.link.v1.GiveUp;
import io.darter.link.v1.Grant;
import io.darter.link.v1.Lease;
import io.darter.link.v1.MetaAnswer;
import io.darter.link.v1.MetaValue;
import io.darter.link.v1.Parent;
import io.darter.link.v1.Reason;
import io.darter.link.v1.Revocations;
import io.darter.link.v1.Revoke;
import io.darter.link.v1.Revoked;
import io.darter.link.v1.Run;
import io.darter.link.v1.SchedulerMessage;
import io.darter.link.v1.Tombstones;
import io.darter.swarm.ContentKey;
import java.util.List;

/** What an agent hears from an appliance: of another version, or one that somebody took over. */
public final class LinkTargets implements Targets {
    private static final String KEY = "sha256-" + "ab".repeat(32);

    @Override
    public List<Target> all() {
        Run run = Run.newBuilder().setFirst(2).setCount(2).build();
        Parent parent = Parent.newBuilder()
                .setNode("n1")
                .setHost("127.0.0.1")
                .setPort(4000)
                .setCapability(ByteString.copyFrom(new byte[40]))
                .build();
        Content content = Content.newBuilder()
                .setKey(KEY)
                .setSizeBytes(1000)
                .setUrl("https://h/v2/a/blobs/x")
                .build();
        return List.of(Target.of("scheduler-message", LinkTargets::message)
                .refusing(InvalidProtocolBufferException.class)
                .refusing(IllegalArgumentException.class)
                .withExamples(
                        bytes(SchedulerMessage.newBuilder()
                                .setGrant(Grant.newBuilder()
                                        .addLeases(Lease.newBuilder()
                                                .setId(1)
                                                .setKey(KEY)
                                                .setRun(run)
                                                .setParent(parent)
                                                .setPieceDigests(ByteString.copyFrom(new byte[64]))
                                                .setExpiresAtMillis(5)))),
                        bytes(SchedulerMessage.newBuilder()
                                .setGrant(Grant.newBuilder()
                                        .addLeases(
                                                Lease.newBuilder().setKey(KEY).setRun(run)))),
                        bytes(SchedulerMessage.newBuilder()
                                .setAssist(
                                        Assist.newBuilder().setContent(content).setTask("t"))),
                        bytes(SchedulerMessage.newBuilder()
                                .setDescribe(Describe.newBuilder()
                                        .setKey(KEY)
                                        .setSizeBytes(1000)
                                        .setPieceBytes(100))),
                        bytes(SchedulerMessage.newBuilder()
                                .setGiveUp(GiveUp.newBuilder()
                                        .setKey(KEY)
                                        .setReason(Reason.CORRUPT)
                                        .setDetail("DIGEST_MISMATCH: x"))),
                        bytes(SchedulerMessage.newBuilder()
                                .setRevoke(Revoke.newBuilder().setKey(KEY).addLeases(3))),
                        bytes(SchedulerMessage.newBuilder()
                                .setRevocations(Revocations.newBuilder()
                                        .addRevoked(Revoked.newBuilder()
                                                .setSerial(ByteString.copyFrom(new byte[17]))
                                                .setNode("n-1")
                                                .setExpiresAtMillis(5)))),
                        bytes(SchedulerMessage.newBuilder()
                                .setTombstones(Tombstones.newBuilder()
                                        .setVersion(7)
                                        .setKeys(ByteString.copyFrom(new byte[64])))),
                        bytes(SchedulerMessage.newBuilder()
                                .setEvict(Evict.newBuilder().setRequest(1).setKey(KEY))),
                        bytes(SchedulerMessage.newBuilder()
                                .setMetaAnswer(MetaAnswer.newBuilder()
                                        .setRequest(1)
                                        .setValue(MetaValue.newBuilder()
                                                .setStatus(200)
                                                .putHeaders("etag", "x")))))
                .withWords(KEY, "https://"));
    }

    private static byte[] bytes(SchedulerMessage.Builder message) {
        return message.build().toByteArray();
    }

    private static void message(byte[] input) throws InvalidProtocolBufferException {
        SchedulerMessage message = SchedulerMessage.parseFrom(input);
        switch (message.getMessageCase()) {
            case GRANT ->
                message.getGrant()
                        .getLeasesList()
                        .forEach(lease -> lease(LinkMapping.fromMessage(lease, new ApplianceClock(() -> 0, 0))));
            case ASSIST -> {
                var source = LinkMapping.fromMessage(message.getAssist().getContent());
                if (source.sizeBytes() < 0) {
                    throw new AssertionError("a content of " + source.sizeBytes() + " bytes");
                }
            }
            case GIVE_UP -> LinkMapping.fromMessage(message.getGiveUp().getReason());
            case DESCRIBE -> new ContentKey(message.getDescribe().getKey());
            case DISCARD -> new ContentKey(message.getDiscard().getKey());
            case RECHECK -> LinkMapping.fromMessage(message.getRecheck().getRun());
            case REVOKE -> new ContentKey(message.getRevoke().getKey());
            case META_ANSWER -> LinkMapping.fromMessage(message.getMetaAnswer().getValue());
            case PARTNERS -> message.getPartners().getNodesList().forEach(LinkMapping::fromMessage);
            case REVOCATIONS, TOMBSTONES, EVICT -> OrderMapping.obey(message, Orders.NONE, said -> {});
            case WELCOME, NOT_OWNER, REPLICAS, PONG, REFUSED, TRACE_ASK, MESSAGE_NOT_SET -> {}
        }
    }

    /** As a transfer uses it. */
    private static void lease(GrantedLease granted) {
        if (granted.provable()) {
            granted.digest(granted.lease().run().first());
            granted.digest(granted.lease().run().last());
        }
    }
}
