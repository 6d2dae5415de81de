package io.darter.agent.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A content's file once it is whole, and what tells that nobody wrote into it since it was verified. Only this process may
 * write to it, until somebody is allowed to link it: from then on every trace of a change means that it is read again.
 * Guarded by its content's lock.
 */
final class WholeFile {
    private final Object lock;
    private final Path file;
    private final JournalFile journal;
    private volatile @Nullable FileIdentity identity;
    private volatile boolean linked;
    private final AtomicInteger handed = new AtomicInteger();
    private boolean here;

    /** @param lock the content's */
    WholeFile(Object lock, Path file, JournalFile journal) {
        this.lock = lock;
        this.file = file;
        this.journal = journal;
    }

    void adopt(Journal.Contents recorded) {
        identity = recorded.identity();
        linked = recorded.linked();
        here = true;
    }

    /** Whether the file lies where it is expected; not before the commit and not after the removal. */
    void stays(boolean there) {
        here = there;
    }

    /** Durably, so that a restart believes the file without reading it. */
    void record(FileIdentity present) throws IOException {
        journal.append(Journal.record(present, linked));
        journal.force();
        identity = present;
    }

    @Nullable
    FileIdentity identity() {
        return identity;
    }

    boolean linked() {
        return linked;
    }

    /** Takes no lock. While the file is handed out its names come and go, which changes nothing but the time of change. */
    boolean isUnchanged() {
        FileIdentity known = identity;
        try {
            FileIdentity present = FileIdentity.of(file);
            return known != null && (handed.get() > 0 ? present.sameBytes(known) : present.equals(known));
        } catch (IOException e) {
            return false;
        }
    }

    /** @param from the file, whole or not */
    StoredContent.Handing handOut(Path name, Path from) throws IOException {
        Files.createLink(name, from);
        handed.incrementAndGet();
        return new Named(name);
    }

    /** A name of the file for somebody else, as long as it is not closed. */
    private final class Named implements StoredContent.Handing {
        private final Path name;

        Named(Path name) {
            this.name = name;
        }

        @Override
        public void share() throws IOException {
            synchronized (lock) {
                if (!here) {
                    throw new IOException(file + " is not whole, or not there any more");
                }
                linked = true;
                record(FileIdentity.of(file));
                journal.close();
            }
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(name);
            synchronized (lock) {
                handed.decrementAndGet();
                FileIdentity known = identity;
                if (!linked || !here || known == null) {
                    return;
                }
                FileIdentity present = FileIdentity.of(file);
                if (present.sameBytes(known)) {
                    record(present); // our name went, and theirs came
                    journal.close();
                }
            }
        }
    }
}
