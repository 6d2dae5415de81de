package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.node.NodeRecord;
import io.darter.appliance.task.TaskBook;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Announce;
import io.darter.link.v1.Content;
import io.darter.link.v1.Delivered;
import io.darter.link.v1.Hello;
import io.darter.link.v1.LeaseFailed;
import io.darter.link.v1.MetaAcquire;
import io.darter.link.v1.MetaPublish;
import io.darter.link.v1.MetaValue;
import io.darter.link.v1.OriginBusy;
import io.darter.link.v1.ReaderMoved;
import io.darter.link.v1.Reason;
import io.darter.link.v1.Released;
import io.darter.link.v1.Run;
import io.darter.link.v1.Verified;
import io.darter.link.v1.Want;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceSizeRule;
import io.darter.swarm.scheduling.SchedulingPolicy;
import io.darter.swarm.scheduling.SwarmCommand;
import io.darter.swarm.scheduling.SwarmEvent;
import io.darter.swarm.scheduling.SwarmScheduler;
import io.darter.swarm.scheduling.SwarmView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What an appliance hears from agents that joined, and that somebody may have taken over since: messages, one after another. */
public final class DeskTargets implements Targets {
    private static final String KEY = "sha256-" + "ab".repeat(32);
    private static final int MESSAGES_MAX = 8;
    private static final long MESSAGE_BYTES_MAX = 8 << 20; // AgentLinkServer's
    private static final NodeRecord NODE = new NodeRecord("n-a", "c-1", "n-a", "node", new byte[0], 0);

    @Override
    public List<Target> all() {
        Content content = Content.newBuilder()
                .setKey(KEY)
                .setSizeBytes(300_000)
                .setUrl("http://h/x")
                .setRangesSupported(true)
                .build();
        AgentMessage want = AgentMessage.newBuilder()
                .setWant(Want.newBuilder().setContent(content).setTask("t").setLive(true))
                .build();
        // As many pieces as there may be.
        AgentMessage large = AgentMessage.newBuilder()
                .setWant(Want.newBuilder()
                        .setContent(content.toBuilder().setSizeBytes((4L << 40) - 1))
                        .setTask("t"))
                .build();
        AgentMessage held = AgentMessage.newBuilder()
                .setWant(Want.newBuilder()
                        .setContent(content)
                        .setHave(ByteString.copyFrom(new byte[] {5}))
                        .setPieceBytes(131_072)
                        .setPieceDigests(ByteString.copyFrom(new byte[64])))
                .build();
        AgentMessage verified = AgentMessage.newBuilder()
                .setVerified(Verified.newBuilder()
                        .setKey(KEY)
                        .setLease(1)
                        .setRun(Run.newBuilder().setFirst(0).setCount(2))
                        .setPieceDigests(ByteString.copyFrom(new byte[64])))
                .build();
        AgentMessage wrong = AgentMessage.newBuilder()
                .setLeaseFailed(LeaseFailed.newBuilder().setKey(KEY).setReason(Reason.CORRUPT))
                .build();
        return List.of(Target.of("agent-messages", DeskTargets::messages)
                .refusing(InvalidProtocolBufferException.class)
                .refusing(IllegalArgumentException.class)
                .withExamples(
                        messages(want, verified, wrong, want),
                        messages(held, held, wrong),
                        messages(large),
                        messages(
                                want,
                                AgentMessage.newBuilder()
                                        .setReaderMoved(ReaderMoved.newBuilder()
                                                .setKey(KEY)
                                                .setPiece(1))
                                        .build(),
                                AgentMessage.newBuilder()
                                        .setOriginBusy(OriginBusy.newBuilder()
                                                .setKey(KEY)
                                                .setPauseMillis(1000))
                                        .build(),
                                AgentMessage.newBuilder()
                                        .setReleased(Released.newBuilder().setKey(KEY))
                                        .build()),
                        messages(
                                AgentMessage.newBuilder()
                                        .setAnnounce(Announce.newBuilder()
                                                .setTask("t")
                                                .addContents(content))
                                        .build(),
                                AgentMessage.newBuilder()
                                        .setDelivered(Delivered.newBuilder()
                                                .setKey(KEY)
                                                .setBytes(300_000))
                                        .build()),
                        messages(
                                AgentMessage.newBuilder()
                                        .setMetaAcquire(MetaAcquire.newBuilder()
                                                .setRequest(1)
                                                .setName("HEAD x"))
                                        .build(),
                                AgentMessage.newBuilder()
                                        .setMetaPublish(MetaPublish.newBuilder()
                                                .setRequest(1)
                                                .setName("HEAD x")
                                                .setValue(MetaValue.newBuilder().setStatus(200)))
                                        .build()))
                .withWords(KEY)
                // Four of the largest messages that the link takes, for the eight of an input together.
                .mayAllocate(4L * MESSAGE_BYTES_MAX));
    }

    private static byte[] messages(AgentMessage... messages) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (AgentMessage message : messages) {
                message.writeDelimitedTo(bytes);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static void messages(byte[] input) throws IOException {
        SwarmDesk desk = desk();
        FakePort port = new FakePort();
        Hello hello = Hello.newBuilder().setPeerPort(4000).build();
        desk.handle(new Mail.LinkUp(NODE, hello, "127.0.0.1", port), 0, 0);
        ByteArrayInputStream bytes = new ByteArrayInputStream(input);
        for (int i = 1; i <= MESSAGES_MAX && bytes.available() > 0; i++) {
            AgentMessage message = AgentMessage.parseDelimitedFrom(bytes);
            if (message == null) {
                return;
            }
            desk.handle(new Mail.FromAgent(NODE, port, message), i, i);
            desk.tick(i, i);
            desk.flush();
        }
    }

    private static SwarmDesk desk() {
        return desk(ClusterRules.NONE);
    }

    /** With a scheduler of its own. */
    static SwarmDesk desk(ClusterRules rules) {
        SwarmScheduler scheduler = new SwarmScheduler(SchedulingPolicy.defaults(), 1);
        SchedulingCore core = new SchedulingCore() {
            @Override
            public List<SwarmCommand> apply(SwarmEvent event, long nowNanos) {
                return scheduler.apply(event, nowNanos);
            }

            @Override
            public boolean isProved(ContentKey content, NodeId exceptBy) {
                return scheduler.isProved(content, exceptBy);
            }

            @Override
            public Optional<SwarmView> view(ContentKey content) {
                return scheduler.view(content);
            }
        };
        TaskBook tasks = new TaskBook(new Cluster("c-1", "default"), prefix -> prefix + "1", row -> {}, key -> 0);
        return new SwarmDesk(core, new byte[32], PieceSizeRule::pieceBytes, tasks, (node, lease) -> {}, rules);
    }
}
