package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A content that has to be read again before a byte of it is believed: unfinished when the last run ended, or a linked
 * file that changed.
 */
record Sleeper(Journal.Contents journal, long lastUsedMillis) {
    ContentKey key() {
        return journal.key();
    }

    /** Of the pieces that the journal names. */
    long bytes() {
        PieceGeometry geometry = journal.geometry();
        return journal.digests().keySet().stream().mapToLong(geometry::length).sum();
    }

    /** What it takes of the disk, the journal included. */
    long onDiskBytes() {
        PieceGeometry geometry = journal.geometry();
        return StoreFiles.onDisk(Journal.sizeBytes(geometry))
                + journal.digests().keySet().stream()
                        .mapToLong(piece -> StoreFiles.onDisk(geometry.length(piece)))
                        .sum();
    }

    /** Gives the disk back what was being written and never accepted, so that what is counted is what is there. */
    void trim(Path part) throws IOException {
        if (journal.linked()) {
            return; // somebody else's file too
        }
        PieceGeometry geometry = journal.geometry();
        for (int piece = 0; piece < geometry.pieces(); piece++) {
            if (journal.digests().containsKey(piece)) {
                continue;
            }
            int end = piece + 1;
            while (end < geometry.pieces() && !journal.digests().containsKey(end)) {
                end++;
            }
            Holes.punch(part, geometry.offset(piece), geometry.offset(end - 1) + geometry.length(end - 1));
            piece = end;
        }
    }
}
