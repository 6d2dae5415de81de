package io.darter.appliance.scheduling;

import com.google.protobuf.ByteString;
import io.darter.link.v1.Content;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of contents beside the core: where they come from, and the SHA-256 of their pieces. The first claim of a
 * piece's digest stays; the whole digest, checked by every node, finds a first claim that lied. Not thread-safe.
 */
final class ContentBook {
    static final int DIGEST_BYTES = 32;

    private final Map<ContentKey, Entry> entries = new HashMap<>();

    /** One content. */
    static final class Entry {
        private Content content;
        private String task;
        private final PieceGeometry geometry;
        private final PieceMap known;
        private final byte[] digests;

        private Entry(Content content, String task, PieceGeometry geometry) {
            this.content = content;
            this.task = task;
            this.geometry = geometry;
            this.known = new PieceMap(geometry.pieces());
            this.digests = new byte[geometry.pieces() * DIGEST_BYTES];
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

        boolean knows(int piece) {
            return known.get(piece);
        }

        /** Takes the claim if there was none; false if it contradicts the one there is. */
        boolean claim(int piece, ByteString claimed, int offset) {
            if (known.set(piece)) {
                claimed.substring(offset, offset + DIGEST_BYTES).copyTo(digests, piece * DIGEST_BYTES);
                return true;
            }
            for (int i = 0; i < DIGEST_BYTES; i++) {
                if (digests[piece * DIGEST_BYTES + i] != claimed.byteAt(offset + i)) {
                    return false;
                }
            }
            return true;
        }

        /** 32 bytes a piece; null if one of them is not known. */
        @Nullable
        ByteString digests(PieceRun run) {
            for (int piece = run.first(); piece < run.end(); piece++) {
                if (!known.get(piece)) {
                    return null;
                }
            }
            return ByteString.copyFrom(digests, run.first() * DIGEST_BYTES, run.count() * DIGEST_BYTES);
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
