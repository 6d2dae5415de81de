package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents in one directory, within a quota: before a piece is written that would pass it, those contents go that were
 * not used for longest. Committed contents are back at once after a restart; the others sleep until somebody asks for
 * them, and are then read again, so that nothing is served on the word of a journal. {@link StoreFiles} says what is
 * written in which order.
 */
public final class DiskPieceStore implements PieceStore, AutoCloseable {
    /** Those who read a content that is removed have so long for the rest of it. */
    private static final long LINGER_REMOVED_MILLIS = 30_000;

    private static final Logger log = LoggerFactory.getLogger(DiskPieceStore.class);

    private final StoreSettings settings;
    private final InstantSource clock;
    private final Disk disk;
    private final StoreFiles files;
    private final Space space;
    private final TreeMap<ContentKey, DiskContent> contents = new TreeMap<>();
    private final TreeMap<ContentKey, Sleeper> asleep = new TreeMap<>();
    private final Set<ContentKey> pins = new TreeSet<>();
    private final Set<ContentKey> waking = new HashSet<>();
    private final Handles handles = new Handles();
    private final Eviction eviction;
    private volatile Consumer<ContentKey> whenRemoved = key -> {};

    /** The write that can fail for want of space. */
    interface Disk {
        void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException;
    }

    /** @param quotaBytes of all contents together */
    public DiskPieceStore(Path directory, long quotaBytes, InstantSource clock) {
        this(directory, StoreSettings.ofQuota(quotaBytes), clock);
    }

    public DiskPieceStore(Path directory, StoreSettings settings, InstantSource clock) {
        this(directory, settings, clock, FileBytes::writeFully);
    }

    DiskPieceStore(Path directory, StoreSettings settings, InstantSource clock, Disk disk) {
        this.settings = settings;
        this.clock = clock;
        this.disk = disk;
        this.files = new StoreFiles(directory);
        this.space = new Space(settings);
        this.eviction = new Eviction(
                this,
                new Eviction.Shelf(contents, asleep, pins),
                files,
                space,
                handles,
                clock,
                key -> whenRemoved.accept(key));
    }

    /** Finds what an earlier run left; files that belong to nothing are removed. */
    public synchronized void start() throws IOException {
        files.create();
        space.on(files.disk());
        List<Path> present = files.list();
        Set<Path> known = new HashSet<>();
        for (Path file : present) {
            if (file.toString().endsWith(".journal")) {
                adopt(file, known);
            }
        }
        for (ContentKey key : files.pins(present)) {
            if (contents.containsKey(key) || asleep.containsKey(key)) {
                pins.add(key);
                known.add(files.pinFile(key));
            }
        }
        for (Path file : present) {
            if (!known.contains(file) && Files.isRegularFile(file)) {
                log.atWarn().addKeyValue("file", file).log("removed a file that belongs to no content");
                Files.deleteIfExists(file);
            }
        }
    }

    /** Tells of each content that is evicted or removed; called without locks, on the thread that caused it. */
    public void whenRemoved(Consumer<ContentKey> listener) {
        whenRemoved = listener;
    }

    private void adopt(Path file, Set<Path> known) throws IOException {
        Journal.Contents journal;
        try {
            journal = Journal.read(file);
        } catch (IOException e) {
            log.atWarn().addKeyValue("file", file).setCause(e).log("a broken journal is given up");
            return;
        }
        ContentKey key = journal.key();
        if (!file.equals(files.journal(key))) {
            return;
        }
        Path data = files.data(key);
        Path part = files.part(key);
        long lastUsedMillis = files.touchedMillis(key);
        if (Files.exists(data) && isProved(journal, data)) {
            DiskContent content = new DiskContent(this, key, journal.geometry(), lastUsedMillis);
            content.adoptCommitted(journal);
            contents.put(key, content);
            known.add(file);
            known.add(data);
            return;
        }
        if (Files.exists(data)) {
            files.withdraw(key);
        }
        if (Files.exists(part)) {
            Sleeper sleeper = new Sleeper(journal, lastUsedMillis);
            sleeper.trim(part);
            space.take(sleeper.onDiskBytes());
            asleep.put(key, sleeper);
            known.add(file);
            known.add(part);
        }
    }

    /** The journal is whole, and the file is the one that it is of. */
    private static boolean isProved(Journal.Contents journal, Path data) throws IOException {
        FileIdentity recorded = journal.identity();
        FileIdentity present = FileIdentity.of(data);
        return journal.digests().size() == journal.geometry().pieces()
                && present.sizeBytes() == journal.geometry().sizeBytes()
                && recorded != null
                && (journal.linked() ? recorded.equals(present) : recorded.sameBytes(present));
    }

    @Override
    public StoredContent open(ContentKey key, PieceGeometry geometry) throws IOException {
        List<ContentKey> gone = new ArrayList<>();
        Sleeper sleeper;
        synchronized (this) {
            awaitAwake(key);
            sleepIfChanged(key, gone);
            DiskContent present = contents.get(key);
            if (present != null && present.geometry().equals(geometry)) {
                present.touch(clock.millis());
                return present;
            }
            sleeper = asleep.remove(key);
            waking.add(key);
        }
        try {
            return wake(key, geometry, sleeper);
        } finally {
            synchronized (this) {
                waking.remove(key);
                notifyAll();
            }
            gone.forEach(whenRemoved);
        }
    }

    private DiskContent wake(ContentKey key, PieceGeometry geometry, @Nullable Sleeper sleeper) throws IOException {
        DiskContent content = new DiskContent(this, key, geometry, clock.millis());
        synchronized (this) {
            DiskContent otherwiseCut = contents.remove(key);
            if (otherwiseCut != null) {
                eviction.unlink(otherwiseCut, LINGER_REMOVED_MILLIS);
            }
        }
        if (sleeper == null || !content.resume(sleeper)) {
            content = new DiskContent(this, key, geometry, clock.millis());
            if (sleeper != null) {
                space.giveBack(sleeper.onDiskBytes());
            }
            files.clear(key);
            if (!space.couldHold(geometry.sizeBytes() + StoreFiles.onDisk(Journal.sizeBytes(geometry)))) {
                // Others would go for the sake of a part.
                throw new DiskFullException(key + " is larger than all of the store in " + files.directory(), null);
            }
            eviction.claim(content, StoreFiles.onDisk(Journal.sizeBytes(geometry)));
            content.create();
        }
        synchronized (this) {
            contents.put(key, content);
        }
        return content;
    }

    @Override
    public Optional<StoredContent> find(ContentKey key) {
        List<ContentKey> gone = new ArrayList<>();
        DiskContent content;
        synchronized (this) {
            sleepIfChanged(key, gone);
            content = contents.get(key);
        }
        gone.forEach(whenRemoved);
        if (content == null) {
            return Optional.empty();
        }
        content.touch(clock.millis());
        return Optional.of(content);
    }

    /** Somebody may have written into a file that others have a name for: it is read again before it is believed. */
    private void sleepIfChanged(ContentKey key, List<ContentKey> gone) {
        DiskContent content = contents.get(key);
        if (content == null || !content.sharedForGood() || content.isUnchanged()) {
            return;
        }
        log.atInfo().addKeyValue("content", key).log("a linked file changed: it is verified before it is used again");
        putToSleep(content, gone);
    }

    private void putToSleep(DiskContent content, List<ContentKey> gone) {
        contents.remove(content.key());
        handles.forget(content);
        Sleeper sleeper = content.fallAsleep();
        space.take(sleeper.onDiskBytes());
        asleep.put(content.key(), sleeper);
        content.staysNamed();
        content.closeRemoved();
        gone.add(content.key());
    }

    /** Only if it is still the one that others would find: what took its place is another file. */
    void doubt(DiskContent content) throws IOException {
        ContentKey key = content.key();
        List<ContentKey> gone = new ArrayList<>();
        synchronized (this) {
            if (contents.get(key) != content) {
                return;
            }
        }
        content.stopIngests(); // without the store's lock: a writer may be waiting for it
        synchronized (this) {
            if (contents.get(key) == content) {
                log.atWarn().addKeyValue("content", key).log("not all of it can be read: it is verified again");
                if (content.committed() && !content.sharedForGood()) {
                    files.withdraw(key);
                }
                putToSleep(content, gone);
            }
        }
        gone.forEach(whenRemoved);
    }

    @Override
    public synchronized List<StoredContent> all() {
        return new ArrayList<>(contents.values());
    }

    @Override
    public void remove(ContentKey key) throws IOException {
        stopIngests(key);
        synchronized (this) {
            pins.remove(key);
            Sleeper sleeper = asleep.remove(key);
            DiskContent content = contents.remove(key);
            if (sleeper != null) {
                space.giveBack(sleeper.onDiskBytes());
            }
            if (content != null) {
                eviction.unlink(content, LINGER_REMOVED_MILLIS);
            }
            files.delete(key);
            if (content == null) {
                return;
            }
        }
        whenRemoved.accept(key);
    }

    /** Without the store's lock: a writer that is told to stop may be waiting for it. */
    private void stopIngests(ContentKey key) {
        DiskContent content;
        synchronized (this) {
            content = contents.get(key);
        }
        if (content != null) {
            content.stopIngests();
        }
    }

    @Override
    public synchronized void pin(ContentKey key) throws IOException {
        files.pin(key, true);
        pins.add(key);
    }

    @Override
    public synchronized void unpin(ContentKey key) throws IOException {
        if (pins.remove(key)) {
            files.pin(key, false);
        }
    }

    @Override
    public synchronized Set<ContentKey> pinned() {
        return new TreeSet<>(pins);
    }

    @Override
    public synchronized long bytes() {
        long bytes = asleep.values().stream().mapToLong(Sleeper::bytes).sum();
        for (DiskContent content : contents.values()) {
            bytes += content.verifiedBytes();
        }
        return bytes;
    }

    /** What all of it takes of the disk, with pieces being written and files that somebody still reads. */
    public long onDiskBytes() {
        return space.usedBytes();
    }

    /** Writes down the last uses, and removes what nobody used for the time to live. To be called every minute or so. */
    public void sweep() throws IOException {
        keepUses();
        if (settings.timeToLive().isZero()) {
            return;
        }
        eviction.sweep(clock.millis() - settings.timeToLive().toMillis());
    }

    /**
     * So that time to live and the order of eviction survive a restart. Not with each use: those are many, and some are an
     * event loop's. A kill costs the uses since the last time.
     */
    private void keepUses() {
        List<DiskContent> all;
        synchronized (this) {
            all = new ArrayList<>(contents.values());
        }
        for (DiskContent content : all) {
            try {
                content.keepLastUse();
            } catch (IOException e) {
                log.atDebug().addKeyValue("content", content.key()).setCause(e).log("its last use is not written down");
            }
        }
    }

    @Override
    public void close() throws IOException {
        keepUses();
        synchronized (this) {
            for (DiskContent content : contents.values()) {
                content.close();
            }
            handles.clear();
        }
    }

    private void awaitAwake(ContentKey key) throws IOException {
        try {
            while (waking.contains(key)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another opens the content", e);
        }
    }

    Disk disk() {
        return disk;
    }

    Eviction eviction() {
        return eviction;
    }

    Handles handles() {
        return handles;
    }

    StoreFiles files() {
        return files;
    }

    Space space() {
        return space;
    }

    long nowMillis() {
        return clock.millis();
    }
}
