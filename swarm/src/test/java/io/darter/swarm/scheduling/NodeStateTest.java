package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeStateTest {
    private static final int PIECE_BYTES = 1 << 20;
    private static final double TYPICAL = 1e6;

    private final NodeState node = new NodeState(new NodeId("n"), new NodeTraits(false, "", ""));

    /** A few memberships are looked through and many are in a map; nobody can tell. */
    @Test
    void itsPartInEachSwarmIsFoundHoweverManyThereAre() {
        List<Member> joined = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            assertNull(node.member(key(i)), "before joining " + i);
            joined.add(new Member(node, content(i)));
            node.add(joined.get(i));
            assertFound(joined);
        }
        while (!joined.isEmpty()) {
            Member left = joined.remove(joined.size() / 2);
            node.remove(left);
            assertNull(node.member(left.content.key));
            assertFound(joined);
        }
    }

    /** The first transfer makes a connection, maybe on a machine that has just started: whoever seems slow then is asked again. */
    @Test
    void oneSlowTransferMakesNobodySlowAndSomeDo() {
        NodeState child = new NodeState(new NodeId("c"), new NodeTraits(false, "", ""));
        double slow = TYPICAL / 20;
        NodeState.learn(node, slow, child, TYPICAL, TYPICAL);
        assertTrue(node.sendRate > TYPICAL / 4, "after one: " + node.sendRate);
        for (int i = 0; i < 3; i++) {
            NodeState.learn(node, slow, child, slow, TYPICAL);
        }
        assertTrue(node.sendRate < TYPICAL / 4, "after four: " + node.sendRate);
        NodeState.learn(node, TYPICAL, child, TYPICAL, TYPICAL);
        assertTrue(node.sendRate > TYPICAL / 4, "after a fast one: " + node.sendRate);
    }

    private void assertFound(List<Member> joined) {
        for (Member member : joined) {
            assertSame(member, node.member(member.content.key));
        }
    }

    private static ContentState content(int number) {
        return new ContentState(
                new ContentSpec(key(number), PIECE_BYTES, true),
                new PieceGeometry(PIECE_BYTES, PIECE_BYTES),
                1,
                new OriginBudgets(3));
    }

    private static ContentKey key(int number) {
        return ContentKey.ofSha256Hex(String.format("%064x", number));
    }
}
