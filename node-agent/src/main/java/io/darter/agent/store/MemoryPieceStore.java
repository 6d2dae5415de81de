package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Contents in memory, for tests and for what needs no disk. */
public final class MemoryPieceStore implements PieceStore {
    private final TreeMap<ContentKey, MemoryContent> contents = new TreeMap<>();
    private final Set<ContentKey> pins = new HashSet<>();

    @Override
    public synchronized StoredContent open(ContentKey key, PieceGeometry geometry) {
        MemoryContent present = contents.get(key);
        if (present != null && present.geometry.equals(geometry)) {
            return present;
        }
        MemoryContent fresh = new MemoryContent(key, geometry);
        contents.put(key, fresh);
        return fresh;
    }

    @Override
    public synchronized Optional<StoredContent> find(ContentKey key) {
        return Optional.ofNullable(contents.get(key));
    }

    @Override
    public synchronized List<StoredContent> all() {
        return new ArrayList<>(contents.values());
    }

    @Override
    public synchronized void remove(ContentKey key) {
        contents.remove(key);
        pins.remove(key);
    }

    @Override
    public synchronized void pin(ContentKey key) {
        pins.add(key);
    }

    @Override
    public synchronized void unpin(ContentKey key) {
        pins.remove(key);
    }

    @Override
    public synchronized Set<ContentKey> pinned() {
        return Set.copyOf(pins);
    }

    @Override
    public synchronized long bytes() {
        return contents.values().stream()
                .mapToLong(content -> content.pieces.bytes())
                .sum();
    }

    private static final class MemoryContent implements StoredContent, PieceIngest.Place {
        private final ContentKey key;
        private final PieceGeometry geometry;
        private final VerifiedPieces pieces;
        private final PieceIngest.Table ingests;
        private final byte[] bytes;
        private volatile boolean committed;

        MemoryContent(ContentKey key, PieceGeometry geometry) {
            this.key = key;
            this.geometry = geometry;
            this.pieces = new VerifiedPieces(geometry);
            this.ingests = new PieceIngest.Table(geometry, pieces, this);
            this.bytes = new byte[Math.toIntExact(geometry.sizeBytes())];
        }

        @Override
        public ContentKey key() {
            return key;
        }

        @Override
        public PieceGeometry geometry() {
            return geometry;
        }

        @Override
        public PieceMap verified() {
            return pieces.copy();
        }

        @Override
        public boolean has(int piece) {
            return pieces.has(piece);
        }

        @Override
        public byte[] pieceDigest(int piece) {
            return pieces.digest(piece);
        }

        @Override
        public PieceWriter write(int piece) {
            return ingests.open(piece);
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            pieces.check(offset, offset + target.remaining());
            target.put(bytes, (int) offset, target.remaining());
        }

        @Override
        public FileChannel file() {
            throw new UnsupportedOperationException("a content in memory has no file");
        }

        @Override
        public boolean committed() {
            return committed;
        }

        @Override
        public void commit() throws IOException {
            if (!pieces.isFull()) {
                throw new IOException(key + " is not complete: " + pieces.copy());
            }
            committed = true;
        }

        @Override
        public void discard() {
            ingests.voidAll();
            pieces.clear();
        }

        @Override
        public synchronized void write(ByteBuffer source, long offset) {
            source.get(bytes, (int) offset, source.remaining());
        }

        @Override
        public void accepted(int piece, byte[] digest) {}
    }
}
