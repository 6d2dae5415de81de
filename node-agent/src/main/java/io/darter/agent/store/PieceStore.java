package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Contents by key. A content is ingested piece by piece, committed once its whole digest is proved, and visible to peers
 * piece by piece from the first verified one. Safe for use by many threads.
 */
public interface PieceStore {
    /**
     * The content, resumed if pieces of it (of the same geometry) survived a restart, else empty.
     *
     * @throws DiskFullException if it is larger than the store, or there is no room at all
     */
    StoredContent open(ContentKey key, PieceGeometry geometry) throws IOException;

    /** The content if any piece of it is here. */
    Optional<StoredContent> find(ContentKey key);

    /** All contents, complete or not, in the order of their keys. */
    List<StoredContent> all();

    /** Removes the content; readers that have it open go on undisturbed. */
    void remove(ContentKey key) throws IOException;

    /** Keeps the content from being evicted, also after a restart, until {@link #unpin} or {@link #remove}. */
    void pin(ContentKey key) throws IOException;

    void unpin(ContentKey key) throws IOException;

    Set<ContentKey> pinned();

    /** Verified bytes of all contents. */
    long bytes();
}
