package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.link.v1.Content;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.ContentSpec;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of contents beside the core: where they come from, and the SHA-256 of their pieces. The first claim of a
 * piece's digest stays; the whole digest, checked by every node, finds a first claim that lied. Not thread-safe.
 */
final class ContentBook {
    static final int DIGEST_BYTES = 32;
    private static final int BLOCK_PIECES = 256;

    private final Map<ContentKey, Entry> entries = new HashMap<>();

    /** One content. */
    static final class Entry {
        private Content content;
        private String task;
        private final PieceGeometry geometry;
        private PieceMap known;
        /** In blocks, made when the first digest of each is known: a size that somebody names costs little by itself. */
        private final byte[] @Nullable [] digests;
        /** Their word on this content counts only for what the scheduler had them fetch since. */
        private final Set<NodeId> distrusted = new HashSet<>();

        private boolean restarted;

        private Entry(Content content, String task, PieceGeometry geometry) {
            this.content = content;
            this.task = task;
            this.geometry = geometry;
            this.known = new PieceMap(geometry.pieces());
            this.digests = new byte[(geometry.pieces() + BLOCK_PIECES - 1) / BLOCK_PIECES][];
        }

        Content content() {
            return content;
        }

        String task() {
            return task;
        }

        PieceGeometry geometry() {
            return geometry;
        }

        /** For the core: with whom it shares connections to the origin. */
        ContentSpec spec(ContentKey key, boolean rangesSupported) {
            String shared = task.isEmpty() ? key.value() : task;
            return new ContentSpec(key, geometry.sizeBytes(), rangesSupported, shared, host());
        }

        private String host() {
            if (!content.getRegistry().isEmpty()) {
                return content.getRegistry();
            }
            try {
                return Objects.requireNonNullElse(URI.create(content.getUrl()).getRawAuthority(), "");
            } catch (IllegalArgumentException e) {
                return ""; // who fetches it will say what is wrong with it
            }
        }

        boolean knows(int piece) {
            return known.get(piece);
        }

        /** All digests are wrong; what these nodes say of the content counts less from now on. */
        void restart(Collection<NodeId> liars) {
            known = new PieceMap(geometry.pieces());
            distrusted.addAll(liars);
            restarted = true;
        }

        boolean restarted() {
            return restarted;
        }

        boolean distrusts(NodeId node) {
            return distrusted.contains(node);
        }

        /** Takes the claim if there was none; false if it contradicts the one there is. */
        boolean claim(int piece, ByteString claimed, int offset) {
            if (known.set(piece)) {
                claimed.substring(offset, offset + DIGEST_BYTES).copyTo(block(piece), at(piece));
                return true;
            }
            return agrees(piece, claimed, offset);
        }

        /** Whether the digest is known and this one. */
        boolean agrees(int piece, ByteString claimed, int offset) {
            if (!known.get(piece)) {
                return false;
            }
            byte[] block = block(piece);
            for (int i = 0; i < DIGEST_BYTES; i++) {
                if (block[at(piece) + i] != claimed.byteAt(offset + i)) {
                    return false;
                }
            }
            return true;
        }

        private byte[] block(int piece) {
            byte[] block = digests[piece / BLOCK_PIECES];
            if (block == null) {
                block = new byte[BLOCK_PIECES * DIGEST_BYTES];
                digests[piece / BLOCK_PIECES] = block;
            }
            return block;
        }

        private static int at(int piece) {
            return piece % BLOCK_PIECES * DIGEST_BYTES;
        }

        /** 32 bytes a piece; null if one of them is not known. */
        @Nullable
        ByteString digests(PieceRun run) {
            byte[] found = new byte[run.count() * DIGEST_BYTES];
            for (int piece = run.first(); piece < run.end(); piece++) {
                if (!known.get(piece)) {
                    return null;
                }
                System.arraycopy(block(piece), at(piece), found, (piece - run.first()) * DIGEST_BYTES, DIGEST_BYTES);
            }
            return ByteString.copyFrom(found);
        }
    }

    @Nullable
    Entry find(ContentKey key) {
        return entries.get(key);
    }

    /** The entry, made with this geometry if there is none; the newest description of the origin counts. */
    Entry describe(ContentKey key, Content content, String task, PieceGeometry geometry) {
        Entry entry = entries.computeIfAbsent(key, k -> new Entry(content, task, geometry));
        if (!content.getUrl().isEmpty()) {
            entry.content = content;
        }
        if (!task.isEmpty()) {
            entry.task = task;
        }
        return entry;
    }

    void forget(ContentKey key) {
        entries.remove(key);
    }

    int size() {
        return entries.size();
    }
}
