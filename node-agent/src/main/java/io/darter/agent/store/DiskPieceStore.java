package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents in one directory, within a quota: before a new one is opened, those that were not used for longest go.
 * Committed contents are back at once after a restart; the others sleep until somebody asks for them, and are then read
 * again, so that nothing is served on the word of a journal.
 */
public final class DiskPieceStore implements PieceStore, AutoCloseable {
    /** Files kept open for contents that are idle or not; above it the least recently opened are let go. */
    private static final int HANDLES_MAX = 256;

    private static final Logger log = LoggerFactory.getLogger(DiskPieceStore.class);

    private final Path directory;
    private final long quotaBytes;
    private final InstantSource clock;
    private final Disk disk;
    private final TreeMap<ContentKey, DiskContent> contents = new TreeMap<>();
    private final Map<ContentKey, Asleep> asleep = new HashMap<>();
    private final Set<ContentKey> waking = new HashSet<>();
    private final LinkedHashSet<DiskContent> handles = new LinkedHashSet<>();
    private volatile Consumer<ContentKey> whenRemoved = key -> {};

    /** The write that can fail for want of space. */
    interface Disk {
        void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException;
    }

    /** An unfinished content of an earlier run. */
    private record Asleep(Journal.Contents journal, long lastUsedMillis) {}

    /** @param quotaBytes of all contents together; one content alone may be larger */
    public DiskPieceStore(Path directory, long quotaBytes, InstantSource clock) {
        this(directory, quotaBytes, clock, DiskContent::writeFully);
    }

    DiskPieceStore(Path directory, long quotaBytes, InstantSource clock, Disk disk) {
        this.directory = directory;
        this.quotaBytes = quotaBytes;
        this.clock = clock;
        this.disk = disk;
    }

    /** Finds what an earlier run left; files that belong to nothing are removed. */
    public synchronized void start() throws IOException {
        Files.createDirectories(directory);
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
            listing.forEach(files::add);
        }
        Set<Path> known = new HashSet<>();
        for (Path file : files) {
            if (file.toString().endsWith(".journal")) {
                adopt(file, known);
            }
        }
        for (Path file : files) {
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
        if (!file.equals(journalFile(key))) {
            return;
        }
        Path data = dataFile(key);
        if (Files.exists(data)) {
            boolean whole = Files.size(data) == journal.geometry().sizeBytes()
                    && journal.digests().size() == journal.geometry().pieces();
            if (whole) {
                DiskContent content = new DiskContent(this, key, journal.geometry(), modifiedMillis(data));
                content.adoptCommitted(journal.digests());
                contents.put(key, content);
                known.add(file);
                known.add(data);
            }
        } else if (Files.exists(partFile(key))) {
            asleep.put(key, new Asleep(journal, modifiedMillis(partFile(key))));
            known.add(file);
            known.add(partFile(key));
        }
    }

    @Override
    public StoredContent open(ContentKey key, PieceGeometry geometry) throws IOException {
        Asleep sleeper;
        synchronized (this) {
            awaitAwake(key);
            DiskContent present = contents.get(key);
            if (present != null && present.geometry().equals(geometry)) {
                touch(present);
                return present;
            }
            sleeper = asleep.remove(key);
            waking.add(key);
        }
        List<ContentKey> gone = new ArrayList<>();
        try {
            return wake(key, geometry, sleeper, gone);
        } finally {
            synchronized (this) {
                waking.remove(key);
                notifyAll();
            }
            gone.forEach(whenRemoved);
        }
    }

    private DiskContent wake(ContentKey key, PieceGeometry geometry, @Nullable Asleep sleeper, List<ContentKey> gone)
            throws IOException {
        DiskContent content = new DiskContent(this, key, geometry, clock.millis());
        synchronized (this) {
            DiskContent otherwiseCut = contents.remove(key);
            if (otherwiseCut != null) {
                unlink(otherwiseCut);
            }
            evict(geometry.sizeBytes(), quotaBytes, null, gone);
        }
        if (sleeper != null && sleeper.journal().geometry().equals(geometry)) {
            content.resume(sleeper.journal().digests());
        } else {
            content.create();
        }
        synchronized (this) {
            contents.put(key, content);
        }
        return content;
    }

    @Override
    public synchronized Optional<StoredContent> find(ContentKey key) {
        DiskContent content = contents.get(key);
        if (content == null) {
            return Optional.empty();
        }
        content.touch(clock.millis());
        return Optional.of(content);
    }

    @Override
    public synchronized List<StoredContent> all() {
        return new ArrayList<>(contents.values());
    }

    @Override
    public void remove(ContentKey key) throws IOException {
        synchronized (this) {
            asleep.remove(key);
            DiskContent content = contents.remove(key);
            if (content == null) {
                deleteFiles(key);
                return;
            }
            unlink(content);
        }
        whenRemoved.accept(key);
    }

    @Override
    public synchronized long bytes() {
        long bytes = asleep.values().stream()
                .mapToLong(DiskPieceStore::recordedBytes)
                .sum();
        for (DiskContent content : contents.values()) {
            bytes += content.verifiedBytes();
        }
        return bytes;
    }

    @Override
    public synchronized void close() throws IOException {
        for (DiskContent content : contents.values()) {
            content.close();
        }
        synchronized (handles) {
            handles.clear();
        }
    }

    /** The disk is full: gives up the least recently used content. False if there is none to give up. */
    boolean makeSpace(DiskContent keep) throws IOException {
        List<ContentKey> gone = new ArrayList<>();
        synchronized (this) {
            evictOldest(keep, gone);
        }
        gone.forEach(whenRemoved);
        return !gone.isEmpty();
    }

    private void evict(long neededBytes, long limitBytes, @Nullable DiskContent keep, List<ContentKey> gone)
            throws IOException {
        while (reservedBytes() + neededBytes > limitBytes && evictOldest(keep, gone)) {
            // one at a time, the oldest first
        }
    }

    private boolean evictOldest(@Nullable DiskContent keep, List<ContentKey> gone) throws IOException {
        Optional<DiskContent> content = contents.values().stream()
                .filter(candidate -> candidate != keep && !candidate.inUse())
                .min(Comparator.comparingLong(DiskContent::lastUsedMillis));
        Optional<ContentKey> sleeper = asleep.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().lastUsedMillis()))
                .map(Map.Entry::getKey);
        if (sleeper.isPresent()) {
            // Unfinished and asked for by nobody since the start: less worth than anything whole.
            asleep.remove(sleeper.get());
            deleteFiles(sleeper.get());
            gone.add(sleeper.get());
            return true;
        }
        if (content.isEmpty()) {
            return false;
        }
        ContentKey key = content.get().key();
        log.atInfo().addKeyValue("content", key).log("evicted, to make room");
        contents.remove(key);
        unlink(content.get());
        gone.add(key);
        return true;
    }

    private long reservedBytes() {
        long bytes = asleep.values().stream()
                .mapToLong(DiskPieceStore::recordedBytes)
                .sum();
        for (DiskContent content : contents.values()) {
            bytes += content.geometry().sizeBytes();
        }
        return bytes;
    }

    private static long recordedBytes(Asleep sleeper) {
        PieceGeometry geometry = sleeper.journal().geometry();
        return sleeper.journal().digests().keySet().stream()
                .mapToLong(geometry::length)
                .sum();
    }

    private void unlink(DiskContent content) throws IOException {
        synchronized (handles) {
            handles.remove(content);
        }
        content.removed();
        deleteFiles(content.key());
    }

    private void deleteFiles(ContentKey key) throws IOException {
        Files.deleteIfExists(partFile(key));
        Files.deleteIfExists(dataFile(key));
        Files.deleteIfExists(journalFile(key));
    }

    private void touch(DiskContent content) throws IOException {
        content.touch(clock.millis());
        if (content.committed()) {
            // The order of eviction survives a restart as the file's time.
            Files.setLastModifiedTime(dataFile(content.key()), FileTime.fromMillis(clock.millis()));
        }
    }

    /** Notes that the content has its file open, and lets go of the file that was opened longest ago. */
    void opened(DiskContent content) {
        DiskContent oldest = null;
        synchronized (handles) {
            handles.add(content);
            if (handles.size() > HANDLES_MAX) {
                oldest = handles.removeFirst();
            }
        }
        if (oldest != null) {
            oldest.dropHandle();
        }
    }

    private synchronized void awaitAwake(ContentKey key) throws IOException {
        try {
            while (waking.contains(key)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while another opens the content", e);
        }
    }

    private static long modifiedMillis(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }

    void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Disk disk() {
        return disk;
    }

    Path directory() {
        return directory;
    }

    Path partFile(ContentKey key) {
        return directory.resolve(key.value() + ".part");
    }

    Path dataFile(ContentKey key) {
        return directory.resolve(key.value() + ".data");
    }

    Path journalFile(ContentKey key) {
        return directory.resolve(key.value() + ".journal");
    }
}
