package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.link.v1.Fetching;
import io.darter.link.v1.Want;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What nodes say of the pieces they hold, held against what is known of them. */
final class Claims {
    /** A node has one connection to the origin for one content, and its next lease waits behind it. */
    private static final int FETCHING_MAX = 2;

    private Claims() {}

    /**
     * The pieces that the node holds and that others can verify; null if there are none. Of one that is not trusted also those
     * that nobody else's word is known of: the core tells it to throw them away.
     *
     * @param distrusted the node's word is not taken where nobody else's is known
     */
    static @Nullable PieceMap held(ContentBook.Entry entry, Want want, boolean distrusted) {
        PieceGeometry geometry = entry.geometry();
        if (want.getHave().isEmpty() || want.getPieceBytes() != geometry.pieceBytes()) {
            return null;
        }
        PieceMap have = PieceMap.fromBytes(geometry.pieces(), want.getHave().toByteArray());
        ByteString digests = want.getPieceDigests();
        boolean proofs = digests.size() == have.count() * ContentBook.DIGEST_BYTES;
        PieceMap proved = new PieceMap(geometry.pieces());
        int offset = 0;
        for (int piece = 0; piece < geometry.pieces(); piece++) {
            if (!have.get(piece)) {
                continue;
            }
            boolean taken = !proofs
                    ? !distrusted && entry.knows(piece)
                    : distrusted
                            ? !entry.knows(piece) || entry.agrees(piece, digests, offset)
                            : entry.claim(piece, digests, offset);
            if (taken) {
                proved.set(piece);
            }
            offset += ContentBook.DIGEST_BYTES;
        }
        return proved;
    }

    /** What the node fetches from the origin with leases from before its link, as far as it makes sense. */
    static List<SwarmEvent.Fetching> fetching(ContentBook.Entry entry, Want want) {
        List<SwarmEvent.Fetching> fetching = new ArrayList<>();
        for (Fetching lease : want.getFetchingList()) {
            PieceRun run =
                    new PieceRun(lease.getRun().getFirst(), lease.getRun().getCount());
            if (run.end() <= entry.geometry().pieces() && fetching.size() < FETCHING_MAX) {
                fetching.add(new SwarmEvent.Fetching(lease.getLease(), run));
            }
        }
        return fetching;
    }

    /** Whether the node holds pieces of a list of digests that has been given up. */
    static boolean contradict(ContentBook.Entry entry, Want want) {
        PieceGeometry geometry = entry.geometry();
        if (!entry.restarted() || want.getHave().isEmpty() || want.getPieceBytes() != geometry.pieceBytes()) {
            return false;
        }
        PieceMap have = PieceMap.fromBytes(geometry.pieces(), want.getHave().toByteArray());
        ByteString digests = want.getPieceDigests();
        if (digests.size() != have.count() * ContentBook.DIGEST_BYTES) {
            return false;
        }
        int offset = 0;
        for (int piece = 0; piece < geometry.pieces(); piece++) {
            if (have.get(piece)) {
                if (entry.knows(piece) && !entry.agrees(piece, digests, offset)) {
                    return true;
                }
                offset += ContentBook.DIGEST_BYTES;
            }
        }
        return false;
    }

    /** Whether all these pieces can be verified by others now. */
    static boolean verified(ContentBook.Entry entry, PieceRun run, ByteString digests) {
        if (digests.isEmpty()) {
            return entry.digests(run) != null;
        }
        if (digests.size() != run.count() * ContentBook.DIGEST_BYTES) {
            return false;
        }
        boolean agrees = true;
        for (int i = 0; i < run.count(); i++) {
            agrees &= entry.claim(run.first() + i, digests, i * ContentBook.DIGEST_BYTES);
        }
        return agrees;
    }
}
