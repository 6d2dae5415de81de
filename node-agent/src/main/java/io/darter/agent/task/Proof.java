package io.darter.agent.task;

import io.darter.agent.store.StoredContent;
import org.jspecify.annotations.Nullable;

/**
 * What shows that the whole is what its digest says: all of it hashed front to back; or, where two nodes that did not fetch
 * it have done so, the digests of its pieces, against which each is verified anyway. Then a byte is hashed once. Owned by
 * the download's thread.
 */
final class Proof {
    private final ContentSource source;
    private final Progress progress;
    private final BufferPool buffers;
    private final Mailbox<DownloadMessage> outcomes;
    private boolean vouched;
    private boolean hashes;
    private @Nullable String hex;

    Proof(ContentSource source, Progress progress, BufferPool buffers, Mailbox<DownloadMessage> outcomes) {
        this.source = source;
        this.progress = progress;
        this.buffers = buffers;
        this.outcomes = outcomes;
    }

    /** @param listProved the digests of the pieces have been proved by others, and nothing was here before them */
    void begin(StoredContent content, boolean listProved) {
        vouched = listProved && content.verified().count() == 0;
        if (!vouched) {
            hash(content);
        }
    }

    /** A piece came that was not held against the proved digests: all of it is hashed after all. */
    void unvouched(@Nullable StoredContent content) {
        if (vouched && content != null) {
            vouched = false;
            hash(content);
        }
    }

    private void hash(StoredContent content) {
        if (!hashes && !source.digest().isEmpty()) {
            hashes = true;
            Thread.ofVirtual().name("proof").start(new WholeProof(source, content, progress, buffers, outcomes));
        }
    }

    void hashed(String wholeHex) {
        hex = wholeHex;
    }

    /** For a content that is complete. */
    boolean isOver() {
        return source.digest().isEmpty() || vouched || hex != null;
    }

    /** The digest that the whole has instead of its own; null if it is right. */
    @Nullable
    String wrongHex() {
        return hex == null || source.digest().equals("sha256:" + hex) ? null : hex;
    }
}
