package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.link.v1.Want;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import org.jspecify.annotations.Nullable;

/** What nodes say of the pieces they hold, held against what is known of them. */
final class Claims {
    private Claims() {}

    /**
     * The pieces that the node holds and that others can verify; null if there are none.
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
                    : distrusted ? entry.agrees(piece, digests, offset) : entry.claim(piece, digests, offset);
            if (taken) {
                proved.set(piece);
            }
            offset += ContentBook.DIGEST_BYTES;
        }
        return proved;
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
