package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** One content's swarm. */
final class ContentState {
    final ContentKey key;
    final ContentSpec spec;
    final PieceGeometry geometry;
    /** Pieces that are leased and told of together; 1 where pieces are large or few. */
    final int group;
    /** What it shares with the other contents of its task, and of its registry. */
    final OriginBudget task;

    final OriginBudget registry;
    final MemberSet members = new MemberSet(MemberSet.Kind.MEMBERS);
    /** Parents that hold something and have room for another lease. */
    final MemberSet available = new MemberSet(MemberSet.Kind.AVAILABLE);
    /** Children that want something and may hold another lease. */
    final MemberSet hungry = new MemberSet(MemberSet.Kind.HUNGRY);

    /** Available parents that may take another child. */
    final MemberSet open = new MemberSet(MemberSet.Kind.OPEN);
    /** Hungry children that may take another parent. */
    final MemberSet seeking = new MemberSet(MemberSet.Kind.SEEKING);

    final RarityIndex rarity;
    final OriginBook origin;
    /** Number of askable holders of each piece. */
    final int[] holders;
    /** Pieces that somebody askable holds, that are leased from the origin, or that somebody may come back with. */
    final PieceMap covered;
    /** Learned time of one piece between peers; 0 = not known. */
    double pieceNanos;

    final Trust trust;
    final Absences absences;
    long peerPiecesGranted;
    long duplicatePieces;
    /** Hungry live members that have next to nothing under way. */
    int liveStarving;

    boolean woken;

    ContentState(ContentSpec spec, PieceGeometry geometry, int group, OriginBudgets budgets) {
        this.task = budgets.ofTask(spec);
        this.registry = budgets.ofRegistry(spec);
        this.key = spec.key();
        this.spec = spec;
        this.geometry = geometry;
        this.group = group;
        this.rarity = new RarityIndex(geometry.pieces());
        this.origin = new OriginBook(geometry.pieces());
        this.holders = new int[geometry.pieces()];
        this.covered = new PieceMap(geometry.pieces());
        this.trust = new Trust(geometry.pieces());
        this.absences = new Absences(geometry.pieces());
    }

    /** One node more (or less) is about to hold the piece. */
    void coming(int piece, int change) {
        rarity.add(piece, change);
    }

    void holderAdded(int piece) {
        holders[piece]++;
        rarity.add(piece, 1);
        covered.set(piece);
    }

    void holderRemoved(int piece) {
        holders[piece]--;
        rarity.add(piece, -1);
        recover(piece);
    }

    /** The whole of a member's map appears among, or disappears from, what can be asked for. */
    void holds(Member member, boolean askable) {
        PieceMap have = member.have;
        for (int word = 0; word < have.wordCount(); word++) {
            for (long bits = have.word(word); bits != 0; bits &= bits - 1) {
                int piece = (word << 6) + Long.numberOfTrailingZeros(bits);
                if (askable) {
                    holderAdded(piece);
                } else {
                    holderRemoved(piece);
                }
            }
        }
    }

    SwarmView view() {
        List<SwarmView.PeerView> peers = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            peers.add(new SwarmView.PeerView(member.node.id, member.have.count(), member.wanting(), member.live));
        }
        peers.sort(Comparator.comparing(SwarmView.PeerView::node));
        int rarest = Arrays.stream(holders).min().orElse(members.size());
        return new SwarmView(key, geometry, peers, rarest, origin.leases.size(), origin.piecesGranted);
    }

    void recover(int piece) {
        if (holders[piece] == 0 && !origin.leased.get(piece) && !absences.covers(piece)) {
            covered.clear(piece);
        }
    }
}
