package io.darter.appliance.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.node.NodeRecord;
import io.darter.link.v1.Content;
import io.darter.link.v1.Hello;
import io.darter.link.v1.SchedulerMessage;
import io.darter.swarm.ContentKey;
import io.darter.swarm.scheduling.NodeTraits;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The scheduler leases nothing of what an operator purged. */
class PurgedContentTest {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("9".repeat(64));
    private static final NodeRecord NODE = new NodeRecord("n-a", "c-1", "a", "node", new byte[0], 0);
    private static final Content CONTENT = Content.newBuilder()
            .setKey(KEY.value())
            .setSizeBytes(1 << 20)
            .setRangesSupported(true)
            .setUrl("http://127.0.0.1/file")
            .build();

    private final Set<ContentKey> purged = new HashSet<>();
    private final FakePort port = new FakePort();
    private final SwarmDesk desk = DeskTargets.desk(new ClusterRules() {
        @Override
        public NodeTraits traits(NodeRecord node, String zone, String rack) {
            return ClusterRules.NONE.traits(node, zone, rack);
        }

        @Override
        public boolean isPurged(ContentKey key) {
            return purged.contains(key);
        }
    });

    @Test
    void whoFetchesItIsToldAndNobodyIsGrantedAnyOfItUntilItIsLifted() {
        Hello hello = Hello.newBuilder().setPeerPort(4000).build();
        desk.handle(new Mail.LinkUp(NODE, hello, "127.0.0.1", port), 1, 1);
        want();
        assertTrue(port.take().stream().anyMatch(SchedulerMessage::hasGrant));

        purged.add(KEY);
        desk.handle(new Mail.Purged(Set.of(KEY)), 2, 2);
        desk.flush();
        assertRefused(port.take());
        want();
        assertRefused(port.take());

        purged.clear();
        want();
        assertTrue(port.take().stream().anyMatch(SchedulerMessage::hasGrant));
    }

    private void want() {
        desk.handle(new Mail.FromAgent(NODE, port, AgentWords.want(CONTENT, "file", false)), 3, 3);
        desk.flush();
    }

    private static void assertRefused(List<SchedulerMessage> said) {
        assertTrue(said.stream().noneMatch(SchedulerMessage::hasGrant), said.toString());
        assertEquals(
                List.of(Wire.PURGED),
                said.stream()
                        .filter(SchedulerMessage::hasGiveUp)
                        .map(message -> message.getGiveUp().getDetail())
                        .toList());
    }
}
