package io.darter.agent.schedulerlink;

import io.darter.agent.store.StoredContent;
import io.darter.swarm.PieceMap;
import java.io.ByteArrayOutputStream;

/**
 * What a node holds of a content.
 *
 * @param digests SHA-256 of each held piece, in piece order
 */
public record Held(PieceMap pieces, int pieceBytes, byte[] digests) {
    /** What is verified in the store now. */
    public static Held of(StoredContent content) {
        PieceMap pieces = content.verified();
        ByteArrayOutputStream digests = new ByteArrayOutputStream(pieces.count() * 32);
        for (int piece = 0; piece < pieces.pieces(); piece++) {
            if (pieces.get(piece)) {
                digests.writeBytes(content.pieceDigest(piece));
            }
        }
        return new Held(pieces, content.geometry().pieceBytes(), digests.toByteArray());
    }
}
