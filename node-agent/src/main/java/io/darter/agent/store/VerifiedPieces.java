package io.darter.agent.store;

import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.io.IOException;

/** Which pieces of one content are verified, and their digests. Safe for use by many threads. */
final class VerifiedPieces {
    static final int DIGEST_BYTES = 32;

    private final PieceGeometry geometry;
    private final PieceMap map;
    private final byte[] digests;
    private long bytes;

    VerifiedPieces(PieceGeometry geometry) {
        this.geometry = geometry;
        this.map = new PieceMap(geometry.pieces());
        this.digests = new byte[geometry.pieces() * DIGEST_BYTES];
    }

    synchronized PieceMap copy() {
        return map.copy();
    }

    synchronized boolean has(int piece) {
        return map.get(piece);
    }

    synchronized boolean isFull() {
        return map.isFull();
    }

    /** Bytes of all verified pieces. */
    synchronized long bytes() {
        return bytes;
    }

    synchronized byte[] digest(int piece) {
        if (!map.get(piece)) {
            throw new IllegalStateException("piece " + piece + " is not verified");
        }
        byte[] digest = new byte[DIGEST_BYTES];
        System.arraycopy(digests, piece * DIGEST_BYTES, digest, 0, DIGEST_BYTES);
        return digest;
    }

    synchronized boolean add(int piece, byte[] digest) {
        if (!map.set(piece)) {
            return false;
        }
        System.arraycopy(digest, 0, digests, piece * DIGEST_BYTES, DIGEST_BYTES);
        bytes += geometry.length(piece);
        return true;
    }

    synchronized void remove(int piece) {
        if (map.clear(piece)) {
            bytes -= geometry.length(piece);
        }
    }

    synchronized void clear() {
        for (int piece = 0; piece < map.pieces(); piece++) {
            map.clear(piece);
        }
        bytes = 0;
    }

    /** Refuses a range of which a byte is not verified. */
    synchronized void check(long from, long to) throws IOException {
        if (from == to) {
            return;
        }
        int last = geometry.pieceAt(to - 1);
        for (int piece = geometry.pieceAt(from); piece <= last; piece++) {
            if (!map.get(piece)) {
                throw new IOException("piece " + piece + " is not verified");
            }
        }
    }
}
