package io.darter.agent.schedulerlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.darter.agent.health.Patience;
import io.darter.agent.identity.Identity;
import io.darter.agent.identity.TestCluster;
import io.darter.agent.identity.TlsContexts;
import io.darter.agent.task.ContentSource;
import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.Replica;
import io.darter.link.v1.Replicas;
import io.darter.link.v1.Revoke;
import io.darter.link.v1.SchedulerMessage;
import io.darter.swarm.ContentKey;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One agent and two replicas of the appliance. */
@Timeout(90)
class ReplicaStreamsTest {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("a".repeat(64));

    private final TestCluster cluster = new TestCluster();
    private final Identity identity = cluster.node("c", "n1");
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Test
    void ofSeveralReplicasOnlyTheOwnerIsHeardAndTheNextOneTakesOver() throws Exception {
        try (FakeAppliance first = new FakeAppliance(cluster, cluster.appliance());
                FakeAppliance second = new FakeAppliance(cluster, cluster.appliance());
                SchedulerLink link = link(first.address())) {
            link.onReplicas(links -> events.add("replicas " + links.size()));
            link.start(new Recorder());
            expect("linked");
            second.replica = "two";
            second.owner = false;
            first.say(replicas(first, second));
            expect("replicas 2");
            assertEquals(1, second.await(AgentMessage::hasHello).getHello().getEpoch());
            second.await(AgentMessage::hasHeartbeat);
            second.say(revoke(1));
            first.say(revoke(2));
            expect("revoked 2");

            second.epoch = 2;
            second.say(second.welcome());
            expect("unlinked");
            expect("linked");
            first.say(revoke(3));
            second.say(revoke(4));
            expect("revoked 4");
            first.await(
                    message -> message.hasHeartbeat() && message.getHeartbeat().getEpoch() == 2);

            second.say(second.notOwner());
            expect("unlinked");
            assertFalse(link.linked());
            first.epoch = 3;
            first.say(first.welcome());
            expect("linked");
        }
    }

    private SchedulerLink link(String address) {
        return new SchedulerLink(new SchedulerLink.Settings(
                Optional.empty(),
                () -> List.of(address),
                this::tls,
                () -> new LinkHello("1", "127.0.0.9", 4000, "z", "r", "h"),
                () -> new LinkCounters(1, 2, 3, 4, 5, 6, 7),
                Instant::now,
                new Patience(System::nanoTime),
                new SplittableRandom(1)));
    }

    private SslContext tls() {
        try {
            return TlsContexts.link(identity);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void expect(String event) throws InterruptedException {
        assertEquals(event, events.poll(20, TimeUnit.SECONDS));
    }

    private static SchedulerMessage replicas(FakeAppliance first, FakeAppliance second) {
        return SchedulerMessage.newBuilder()
                .setReplicas(Replicas.newBuilder()
                        .addReplicas(Replica.newBuilder().setName("one").addLinks(first.address()))
                        .addReplicas(Replica.newBuilder().setName("two").addLinks(second.address())))
                .build();
    }

    private static SchedulerMessage revoke(long lease) {
        return SchedulerMessage.newBuilder()
                .setRevoke(Revoke.newBuilder().setKey(KEY.value()).addLeases(lease))
                .build();
    }

    private final class Recorder implements LinkListener {
        @Override
        public void linked() {
            events.add("linked");
        }

        @Override
        public void unlinked() {
            events.add("unlinked");
        }

        @Override
        public void described(ContentKey key, long sizeBytes, int pieceBytes, boolean proved) {}

        @Override
        public void granted(GrantedLease lease) {}

        @Override
        public void revoked(ContentKey key, long leaseId) {
            events.add("revoked " + leaseId);
        }

        @Override
        public void assist(ContentSource content, String task) {}

        @Override
        public void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus) {}
    }
}
