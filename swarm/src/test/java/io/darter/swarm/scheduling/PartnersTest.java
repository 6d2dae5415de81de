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
            1,
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
    void aParentWithTwoChildrenTakesAThirdForARarePieceOnly() {
        Member child = join(1);
        Member holder = holderWithTwoChildren();
        assertTrue(rule().allows(child, holder, 1));
        makeCommon(1);
        assertFalse(rule().allows(child, holder, 1));
    }

    @Test
    void aParentWithThreeChildrenGoesOnWithNoneUntilOneIsThrough() {
        Member child = join(1);
        Member holder = holderWithTwoChildren();
        leases.grantFromPeer(child, holder, PieceRun.of(1), 0);
        makeCommon(2);
        assertFalse(rule().allows(child, holder, 2));
        leases.end(holder.serving.getFirst());
        assertTrue(rule().allows(child, holder, 2));
    }

    @Test
    void aChildWithTwoParentsTakesNoThird() {
        join(200);
        Member child = join(1);
        Member holder = join(1);
        for (int piece = 0; piece < 8; piece++) {
            hold(holder, piece);
        }
        leases.grantFromPeer(join(1), holder, PieceRun.of(1), 0);
        fetchesCommonPiece(child, 20);
        assertTrue(rule().allows(child, holder, 1));
        fetchesCommonPiece(child, 21);
        assertFalse(rule().allows(child, holder, 1));
    }

    /** Both its links' ends could carry more: that does not wait until a message carries many leases. */
    @Test
    void aChildWithASingleParentIsHungrySooner() {
        join(200);
        Member child = join(1);
        Member parent = join(1);
        for (int piece = PIECES / 2; piece < PIECES; piece++) {
            hold(child, piece);
        }
        for (int piece = 0; piece < 3; piece++) {
            hold(parent, piece);
            leases.grantFromPeer(child, parent, PieceRun.of(piece), 0);
        }
        assertTrue(content.hungry.contains(child));
        leases.end(child.leases.getFirst());
        fetchesCommonPiece(child, 20);
        assertEquals(3, child.peerLeases());
        assertFalse(content.hungry.contains(child));
    }

    @Test
    void theLastPiecesComeFromBothPartnersAlike() {
        join(200);
        Member child = join(1);
        Member parent = join(1);
        for (int piece = 0; piece < PIECES; piece++) {
            hold(parent, piece);
        }
        for (int piece = 0; piece < PIECES - 4; piece++) {
            hold(child, piece);
        }
        leases.grantFromPeer(child, parent, PieceRun.of(PIECES - 4), 0);
        assertTrue(rule().mayPair(child, parent));
        leases.grantFromPeer(child, parent, PieceRun.of(PIECES - 3), 0);
        assertFalse(rule().mayPair(child, parent));
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

    private Member holderWithTwoChildren() {
        join(200);
        Member holder = join(1);
        for (int piece = 0; piece < 8; piece++) {
            hold(holder, piece);
        }
        leases.grantFromPeer(join(1), holder, PieceRun.of(0), 0);
        leases.grantFromPeer(join(1), holder, PieceRun.of(0), 0);
        return holder;
    }

    private void fetchesCommonPiece(Member child, int piece) {
        Member parent = join(1);
        hold(parent, piece);
        makeCommon(piece);
        leases.grantFromPeer(child, parent, PieceRun.of(piece), 0);
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
