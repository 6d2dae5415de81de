package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of a store and the order in which they change, which is what makes it survive a kill and a loss of power at
 * any point. A content has up to four files: {@code <key>.journal}, {@code <key>.part} until its commit and
 * {@code <key>.data} from then on, and {@code <key>.pin}.
 *
 * <ol>
 *   <li><b>Create</b>: old names go, then the journal with its header. Without data a journal means nothing, so nothing
 *       is made durable yet.
 *   <li><b>Ingest</b>: bytes into {@code .part}, then the piece's record into the journal. Neither is made durable: after
 *       a restart a record is a claim, believed only after the bytes were read and hashed again. What the page cache
 *       lost costs its pieces; what it kept (every kill -9) costs none.
 *   <li><b>Commit</b>: fsync {@code .part}; the file's identity into the journal; fsync the journal; rename to
 *       {@code .data}; fsync the directory. So {@code .data} never has a byte that is not durable. After a restart it is
 *       believed without reading if the journal is whole and the file is the one whose identity it holds, else it is
 *       renamed back to {@code .part} and read.
 *   <li><b>Remove, evict</b>: data first, the journal after it, the pin last. A loss of power may bring any of them
 *       back: data without a journal and a journal without data are removed at the next start, and both together are a
 *       content that is whole and counted.
 *   <li><b>Pin, unpin</b>: the empty file appears or goes, then fsync of the directory.
 * </ol>
 */
final class StoreFiles {
    private static final int BLOCK_BYTES = 4096;

    private final Path directory;

    StoreFiles(Path directory) {
        this.directory = directory;
    }

    /** Contents are for this process alone: a digest is not a capability. */
    void create() throws IOException {
        Files.createDirectories(directory);
        if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
            listing.forEach(files::add);
        }
        return files;
    }

    FileStore disk() throws IOException {
        return Files.getFileStore(directory);
    }

    Path directory() {
        return directory;
    }

    Path part(ContentKey key) {
        return directory.resolve(key.value() + ".part");
    }

    Path data(ContentKey key) {
        return directory.resolve(key.value() + ".data");
    }

    Path journal(ContentKey key) {
        return directory.resolve(key.value() + ".journal");
    }

    private Path pin(ContentKey key) {
        return directory.resolve(key.value() + ".pin");
    }

    /** All but the pin: the place of a content that begins. */
    void clear(ContentKey key) throws IOException {
        Files.deleteIfExists(part(key));
        Files.deleteIfExists(data(key));
        Files.deleteIfExists(journal(key));
    }

    void delete(ContentKey key) throws IOException {
        clear(key);
        Files.deleteIfExists(pin(key));
    }

    void publish(ContentKey key) throws IOException {
        Files.move(part(key), data(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force();
    }

    /** What was whole has to be read before it is believed. */
    void withdraw(ContentKey key) throws IOException {
        Files.move(data(key), part(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void pin(ContentKey key, boolean pinned) throws IOException {
        if (pinned) {
            Files.write(pin(key), new byte[0], StandardOpenOption.CREATE);
        } else {
            Files.deleteIfExists(pin(key));
        }
        force();
    }

    /** The keys of pins among these files. */
    Set<ContentKey> pins(List<Path> files) {
        Set<ContentKey> pins = new HashSet<>();
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.matches("sha256-[0-9a-f]{64}\\.pin")) {
                pins.add(new ContentKey(name.substring(0, name.length() - ".pin".length())));
            }
        }
        return pins;
    }

    Path pinFile(ContentKey key) {
        return pin(key);
    }

    /** When somebody last asked for it; the data file's own time tells whether its bytes changed. */
    void touch(ContentKey key, long nowMillis) throws IOException {
        Files.setLastModifiedTime(journal(key), FileTime.fromMillis(nowMillis));
    }

    long touchedMillis(ContentKey key) throws IOException {
        return Files.getLastModifiedTime(journal(key)).toMillis();
    }

    private void force() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What so many bytes take of a disk. */
    static long onDisk(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }
}
