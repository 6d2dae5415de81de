package io.darter.agent.store;

import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One piece on its way in. The first writer of a piece writes straight to the piece's place; a second one at the same time
 * (rare: the endgame's duplicates) keeps its bytes in memory, so that a liar cannot spoil what another is writing.
 */
final class PieceIngest implements StoredContent.PieceWriter {
    /** Where accepted pieces live. */
    interface Place {
        void write(ByteBuffer bytes, long offset) throws IOException;

        /** The piece's bytes are in their place. */
        void accepted(int piece, byte[] digest) throws IOException;
    }

    /** The open writers of one content. Its monitor orders accepting; it is taken before a writer's own. */
    static final class Table {
        private final PieceGeometry geometry;
        private final VerifiedPieces pieces;
        private final Place place;
        private final Map<Integer, PieceIngest> owners = new HashMap<>();

        Table(PieceGeometry geometry, VerifiedPieces pieces, Place place) {
            this.geometry = geometry;
            this.pieces = pieces;
            this.place = place;
        }

        synchronized PieceIngest open(int piece) {
            PieceIngest ingest = new PieceIngest(this, piece);
            if (pieces.has(piece)) {
                ingest.mode = Mode.IGNORED;
            } else if (owners.putIfAbsent(piece, ingest) != null) {
                ingest.mode = Mode.IN_MEMORY;
            }
            return ingest;
        }

        /** What is being written is of no use any more; does not wait for a write under way. */
        synchronized void voidAll() {
            owners.values().forEach(ingest -> ingest.mode = Mode.VOID);
            owners.clear();
        }
    }

    private enum Mode {
        IN_PLACE,
        IN_MEMORY,
        /** Another's bytes were accepted. */
        IGNORED,
        /** The content is gone. */
        VOID
    }

    private final Table table;
    private final int piece;
    private final int length;
    private final MessageDigest sha256 = Sha256.start();
    private volatile Mode mode = Mode.IN_PLACE;
    private int written;
    private byte @Nullable [] memory;
    private byte @Nullable [] digest;

    private PieceIngest(Table table, int piece) {
        this.table = table;
        this.piece = piece;
        this.length = table.geometry.length(piece);
    }

    @Override
    public synchronized void write(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() > length - written) {
            throw new IOException("piece " + piece + " is longer than its " + length + " bytes");
        }
        int count = bytes.remaining();
        sha256.update(bytes.duplicate());
        switch (mode) {
            case IN_PLACE -> table.place.write(bytes, table.geometry.offset(piece) + written);
            case IN_MEMORY -> {
                if (memory == null) {
                    memory = new byte[length];
                }
                bytes.get(memory, written, count);
            }
            case IGNORED, VOID -> bytes.position(bytes.limit());
        }
        written += count;
    }

    @Override
    public synchronized byte[] digest() {
        if (written != length) {
            throw new IllegalStateException("piece " + piece + " has " + written + " of " + length + " bytes");
        }
        if (digest == null) {
            digest = sha256.digest();
        }
        return digest.clone();
    }

    @Override
    public void accept() throws IOException {
        byte[] proved = digest();
        synchronized (table) {
            if (!table.pieces.has(piece) && settleInPlace()) {
                table.place.accepted(piece, proved);
                table.pieces.add(piece, proved);
            }
            table.owners.remove(piece, this);
        }
    }

    /** False if another's bytes are there. */
    private boolean settleInPlace() throws IOException {
        if (mode == Mode.VOID) {
            throw new IOException("piece " + piece + " came too late: its content was put away");
        }
        if (mode != Mode.IN_MEMORY) {
            return mode == Mode.IN_PLACE;
        }
        PieceIngest rival = table.owners.remove(piece);
        if (rival != null) {
            rival.ignore();
        }
        if (memory != null) {
            table.place.write(ByteBuffer.wrap(memory), table.geometry.offset(piece));
        }
        return true;
    }

    /** Waits for a write under way: afterwards this writer touches nothing. */
    private synchronized void ignore() {
        mode = Mode.IGNORED;
    }

    @Override
    public void close() {
        synchronized (table) {
            table.owners.remove(piece, this);
        }
        memory = null;
    }
}
