package io.darter.swarm.scheduling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import org.junit.jupiter.api.Test;

/** What the two rules allow. */
class PartnersTest {
    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECES = 64;

    private final LeaseBook leases = new LeaseBook(SchedulingPolicy.defaults(), 1);
    private final ContentState content = new ContentState(
            new ContentSpec(ContentKey.ofSha256Hex("7".repeat(64)), (long) PIECES * PIECE_BYTES, true),
            new PieceGeometry((long) PIECES * PIECE_BYTES, PIECE_BYTES),
            leases.budgets);

    @Test
    void theRuleFollowsTheSizeOfTheSwarm() {
        join(128);
        assertInstanceOf(SmallSwarmRule.class, rule());
        Member last = join(1);
        assertInstanceOf(LargeSwarmRule.class, rule());
        content.members.set(last, false);
        assertInstanceOf(SmallSwarmRule.class, rule());
    }

    @Test
    void whoHasNextToNothingServesOneChildAtATime() {
        join(200);
        Member parent = join(1);
        hold(parent, 0);
        assertTrue(rule().allows(join(1), parent, 0));
        leases.grantFromPeer(join(1), parent, PieceRun.of(0), 0);
        assertFalse(rule().allows(join(1), parent, 0));
        hold(parent, 1);
        hold(parent, 2);
        assertTrue(rule().allows(join(1), parent, 0));
    }

    @Test
    void aRarePieceGoesBesideWhatTheChildFetchesAlready() {
        join(200);
        Member child = join(1);
        Member holder = join(1);
        for (int piece = 0; piece < 8; piece++) {
            hold(holder, piece);
        }
        leases.grantFromPeer(join(1), holder, PieceRun.of(0), 0);
        commonPiecesFromTwoPartners(child);
        assertTrue(rule().allows(child, holder, 1));
        makeCommon(1);
        assertFalse(rule().allows(child, holder, 1));
    }

    @Test
    void onlyOfRarePiecesIsEveryOneTold() {
        join(200);
        Member child = join(1);
        assertEquals(1, rule().tellAfterPieces(child, 0));
        makeCommon(0);
        assertTrue(rule().tellAfterPieces(child, 0) > 8);
    }

    @Test
    void inASmallSwarmEveryEarlyPieceIsTold() {
        Member child = join(4);
        assertEquals(1, rule().tellAfterPieces(child, 0));
        for (int piece = 0; piece < PIECES / 16; piece++) {
            hold(child, piece);
        }
        assertEquals(2, rule().tellAfterPieces(child, 32));
    }

    private void commonPiecesFromTwoPartners(Member child) {
        for (int partner = 0; partner < 2; partner++) {
            Member parent = join(1);
            hold(parent, 20 + partner);
            makeCommon(20 + partner);
            leases.grantFromPeer(child, parent, PieceRun.of(20 + partner), 0);
        }
    }

    private void makeCommon(int piece) {
        for (int i = 0; i < 40; i++) {
            hold(join(1), piece);
        }
    }

    private PartnerRule rule() {
        return leases.partners.rule(content);
    }

    private void hold(Member member, int piece) {
        leases.arrived(member, piece);
        leases.refresh(member);
    }

    private Member join(int nodes) {
        Member member = null;
        for (int i = 0; i < nodes; i++) {
            NodeState node = new NodeState(new NodeId("n" + content.members.size()), new NodeTraits(false, "", ""));
            member = new Member(node, content);
            node.add(member);
            content.members.set(member, true);
            leases.refresh(member);
        }
        if (member == null) {
            throw new IllegalArgumentException("no node");
        }
        return member;
    }
}
