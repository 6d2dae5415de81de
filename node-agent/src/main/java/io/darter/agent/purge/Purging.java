package io.darter.agent.purge;

import io.darter.agent.store.PieceStore;
import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes from the store what operators took away. What somebody reads at the moment goes when they are through with it. */
public final class Purging {
    private static final Logger log = LoggerFactory.getLogger(Purging.class);

    private final Tombstones tombstones;
    private final PieceStore store;
    private final Consumer<ContentKey> end;

    /** @param failure in words if it could not be removed, else empty */
    public record Removed(ContentKey key, long bytes, String failure) {}

    /** @param end ends the download of a purged content, if there is one; must not wait */
    public Purging(Tombstones tombstones, PieceStore store, Consumer<ContentKey> end) {
        this.tombstones = tombstones;
        this.store = store;
        this.end = end;
    }

    /** From now on nobody is given these; false if a later list is known. Does not wait for the disk. */
    public boolean heard(long version, Set<ContentKey> keys) {
        if (!tombstones.take(version, keys)) {
            return false;
        }
        keys.forEach(end);
        return true;
    }

    /** Writes the list down and removes what is here of it, which is answered. */
    public synchronized List<Removed> obey() {
        try {
            tombstones.save();
        } catch (IOException e) {
            log.atError().setCause(e).log("tombstones are not written down; they come again with the link");
        }
        List<Removed> all = new ArrayList<>();
        for (ContentKey key : tombstones.all()) {
            remove(key).ifPresent(all::add);
        }
        return all;
    }

    /** One content, which may be fetched again; empty if nothing of it was here. */
    public synchronized List<Removed> evict(ContentKey key) {
        return remove(key).stream().toList();
    }

    private Optional<Removed> remove(ContentKey key) {
        long before = store.bytes();
        boolean held = store.find(key).isPresent();
        try {
            store.remove(key);
        } catch (IOException e) {
            log.atError().addKeyValue("content", key).setCause(e).log("a content could not be removed");
            return Optional.of(new Removed(key, 0, String.valueOf(e.getMessage())));
        }
        long bytes = Math.max(0, before - store.bytes());
        if (!held && bytes == 0) {
            return Optional.empty();
        }
        log.atInfo().addKeyValue("content", key).addKeyValue("bytes", bytes).log("removed for an operator");
        return Optional.of(new Removed(key, bytes, ""));
    }
}
