package io.darter.agent.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A content's file once it is whole, and what tells that nobody wrote into it since it was verified. Only this process may
 * write to it, until somebody is allowed to link it. From then on a trace of a change means that it is read again, and what
 * local callers get is proved in memory whatever the traces say. Changes are guarded by its content's lock.
 */
final class WholeFile {
    private static final long READERS_PATIENCE_MILLIS = 2_000;
    private static final long POLL_MILLIS = 2;

    private final Object lock;
    private final Path file;
    private final JournalFile journal;
    private volatile @Nullable FileIdentity identity;
    private final BooleanSupplier inUse;
    private volatile boolean linked;
    private final AtomicInteger sharing = new AtomicInteger();
    private final AtomicInteger handed = new AtomicInteger();
    private boolean here;

    /**
     * @param lock the content's
     * @param inUse whether somebody has the content, and may be reading the file
     */
    WholeFile(Object lock, Path file, JournalFile journal, BooleanSupplier inUse) {
        this.lock = lock;
        this.file = file;
        this.journal = journal;
        this.inUse = inUse;
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

    /** Somebody else has a name of the file, or is about to get one. */
    boolean shared() {
        return linked || sharing.get() > 0;
    }

    boolean sharedForGood() {
        return linked;
    }

    /** Takes no lock. The time of change tells nothing here: names come and go. */
    boolean isUnchanged() {
        FileIdentity known = identity;
        try {
            return known != null && FileIdentity.of(file).sameBytes(known);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param from the file, whole or not
     * @param toShare nothing will be read from it before it is shared
     */
    StoredContent.Handing handOut(Path name, Path from, boolean toShare) throws IOException {
        handed.incrementAndGet(); // before the look at shared(): whoever shares looks in the other order
        try {
            if (shared() && !toShare) {
                throw new IOException("somebody may write into " + file);
            }
            Files.createLink(name, from);
        } catch (IOException e) {
            handed.decrementAndGet();
            throw e;
        }
        return new Named(name);
    }

    /** A name of the file for somebody else, as long as it is not closed. */
    private final class Named implements StoredContent.Handing {
        private final Path name;

        Named(Path name) {
            this.name = name;
        }

        @Override
        public boolean share() throws IOException, InterruptedException {
            sharing.incrementAndGet();
            try {
                if (!awaitNoReaders()) {
                    return false;
                }
                synchronized (lock) {
                    if (!here) {
                        throw new IOException(file + " is not whole, or not there any more");
                    }
                    linked = true;
                    record(FileIdentity.of(file));
                    journal.close();
                }
                return true;
            } finally {
                sharing.decrementAndGet();
            }
        }

        /** Those who read the file itself, and not what was proved of it, come no more; those who do have a while to end. */
        private boolean awaitNoReaders() throws InterruptedException {
            for (long waited = 0; handed.get() > 1 || inUse.getAsBoolean(); waited += POLL_MILLIS) {
                if (waited >= READERS_PATIENCE_MILLIS) {
                    return false;
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            return true;
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
                    record(present); // our name went, and theirs came: a restart is to believe it
                    journal.close();
                }
            }
        }
    }
}
