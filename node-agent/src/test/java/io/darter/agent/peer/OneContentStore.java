package io.darter.agent.peer;

import io.darter.agent.store.PieceStore;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One content in a file, of which some pieces are verified. */
final class OneContentStore implements PieceStore {
    private final Stored stored;

    OneContentStore(Path file, ContentKey key, byte[] bytes, int pieceBytes, PieceMap verified) throws IOException {
        Files.write(file, bytes);
        stored = new Stored(
                key,
                new PieceGeometry(bytes.length, pieceBytes),
                verified,
                FileChannel.open(file, StandardOpenOption.READ));
    }

    FileChannel file() {
        return stored.file();
    }

    @Override
    public StoredContent open(ContentKey key, PieceGeometry geometry) {
        return stored;
    }

    @Override
    public Optional<StoredContent> find(ContentKey key) {
        return key.equals(stored.key()) ? Optional.of(stored) : Optional.empty();
    }

    @Override
    public List<StoredContent> all() {
        return List.of(stored);
    }

    @Override
    public void remove(ContentKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pin(ContentKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unpin(ContentKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<ContentKey> pinned() {
        return Set.of();
    }

    @Override
    public long bytes() {
        return stored.geometry().sizeBytes();
    }

    private record Stored(ContentKey key, PieceGeometry geometry, PieceMap verified, FileChannel file)
            implements StoredContent {
        @Override
        public boolean has(int piece) {
            return verified.get(piece);
        }

        @Override
        public byte[] pieceDigest(int piece) {
            byte[] digest = new byte[32];
            digest[0] = (byte) piece;
            return digest;
        }

        @Override
        public PieceWriter write(int piece) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void read(ByteBuffer target, long offset) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean committed() {
            return verified.isFull();
        }

        @Override
        public void commit() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void discard() {
            throw new UnsupportedOperationException();
        }
    }
}
