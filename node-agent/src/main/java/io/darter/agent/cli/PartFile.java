package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * {@code FILE.part}, which becomes FILE when it is whole and safe on the disk. Interrupted, it stays, beside a note of which
 * content it is the beginning of, so that the next one goes on with it. The note counts only as long as the machine has not
 * been started anew: what was written before may not have reached the disk. Nothing is written into a part that has another
 * name: that may be a file of the store, or one that is finished.
 */
final class PartFile implements AutoCloseable {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Less than that is fetched again before anybody has noticed. */
    private static final long WORTH_KEEPING_BYTES = 1 << 20;

    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final Flusher flusher;
    private final boolean keeps;
    private long bytes;
    private String content = "";
    private @Nullable Path linked;
    private boolean over;

    private PartFile(Path target, Path part, FileChannel channel, boolean keeps) {
        this.target = target;
        this.part = part;
        this.channel = channel;
        this.flusher = new Flusher(channel);
        this.keeps = keeps;
    }

    /** @param keeps whether what is there is gone on with, and what comes stays if it is interrupted */
    static PartFile create(Path target, boolean keeps) throws DarterException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            while (true) {
                FileChannel channel = open(part);
                if (!isOurs(channel)) {
                    // Somebody else is writing it: ours gets a name of its own.
                    channel.close();
                    Path own = ownName(target, ".part");
                    Files.deleteIfExists(own);
                    return new PartFile(target, own, open(own), false);
                }
                int names = names(part);
                if (names == 1) {
                    PartFile file = new PartFile(target, part, channel, keeps);
                    file.recall();
                    return file;
                }
                // With none it was renamed or removed by whoever had it before: what is open is not the part any more.
                if (names > 1) {
                    Files.deleteIfExists(part);
                }
                channel.close();
            }
        } catch (IOException e) {
            throw failure(part, e);
        }
    }

    private static Path ownName(Path target, String end) {
        return target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + end);
    }

    private static int names(Path part) throws IOException {
        try {
            return (Integer) Files.getAttribute(part, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static FileChannel open(Path part) throws IOException {
        return FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** The lock goes with the process. */
    private static boolean isOurs(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void recall() throws IOException {
        if (!keeps || channel.size() == 0 || !Files.exists(note())) {
            return;
        }
        String[] words = Files.readString(note()).strip().split(" ", 2);
        if (words.length == 2 && words[1].equals(boot())) {
            content = words[0];
            bytes = channel.size();
        }
    }

    private static String boot() {
        try {
            return Files.readString(BOOT).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private Path note() {
        return part.resolveSibling(part.getFileName() + ".content");
    }

    /** Of the content that are there already. */
    long bytes() {
        return bytes;
    }

    /** Which they are the beginning of. */
    String content() {
        return content;
    }

    /**
     * @param of key of the content; empty if nothing will prove that a later one is the same
     * @param from how much of what is there is gone on with
     * @param left how much is still to come
     */
    void begin(String of, long from, long left) throws DarterException {
        try {
            bytes = from;
            channel.truncate(from).position(from);
            if (content.isEmpty() || !of.equals(content)) {
                forget(); // also one that was not believed: it would be about other bytes now
                content = keeps && left > WORTH_KEEPING_BYTES ? of : "";
                if (!content.isEmpty()) {
                    Files.writeString(note(), content + " " + boot());
                }
            }
        } catch (IOException e) {
            throw failure(part, e);
        }
    }

    /**
     * True if all bytes came; false if the answer ended before.
     *
     * @param lengthBytes less than zero: until the body ends
     */
    boolean copy(InputStream body, long lengthBytes, Progress progress) throws DarterException {
        byte[] buffer = new byte[256 << 10];
        long left = lengthBytes;
        boolean toTheEnd = lengthBytes < 0;
        while (left > 0 || toTheEnd) {
            int count;
            try {
                count = body.read(buffer, 0, (int) (toTheEnd ? buffer.length : Math.min(buffer.length, left)));
            } catch (IOException e) {
                return false;
            }
            if (count < 0) {
                return toTheEnd;
            }
            write(ByteBuffer.wrap(buffer, 0, count));
            left -= count;
            progress.moved(bytes);
        }
        return true;
    }

    private void write(ByteBuffer from) throws DarterException {
        try {
            while (from.hasRemaining()) {
                bytes += channel.write(from);
            }
            flusher.written(bytes);
        } catch (IOException e) {
            throw failure(part, e);
        }
    }

    /**
     * The bytes up to {@code end} from the same place of another file: as a reflink where the file system can, else copied
     * by the kernel ({@code copy_file_range}), and from one file system to another as ever.
     *
     * @return false if they could not be read there
     */
    boolean copy(FileChannel from, long end) throws DarterException {
        while (bytes < end) {
            try {
                channel.position(bytes);
                long count = from.transferTo(bytes, end - bytes, channel);
                if (count <= 0) {
                    return false;
                }
                bytes += count;
            } catch (IOException e) {
                if (isReadError(e)) {
                    return false;
                }
                throw failure(part, e);
            }
        }
        flusher.written(bytes);
        return true;
    }

    private static boolean isReadError(IOException e) {
        return String.valueOf(e.getMessage()).contains("Input/output error");
    }

    /** Whether the system lets the other file be linked here: not from another file system, nor everybody's. */
    boolean mayLink(Path from) {
        Path name = ownName(target, ".link");
        try {
            Files.deleteIfExists(name);
            Files.createLink(name, from);
            Files.delete(name);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * The other file itself becomes the target; false if the system does not allow it. It is given a name of its own until
     * then: the part stays locked, and nobody who finds a part writes into that file.
     */
    boolean link(Path from) {
        Path name = ownName(target, ".link");
        try {
            Files.deleteIfExists(name);
            Files.createLink(name, from);
            linked = name;
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Reads all of it again: what was here before came from an earlier run. Wrong bytes do not stay. */
    void requireDigest(String digest) throws DarterException {
        String actual;
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocate(256 << 10);
            channel.position(0);
            while (channel.read(buffer.clear()) >= 0) {
                sha256.update(buffer.flip());
            }
            actual = "sha256:" + HexFormat.of().formatHex(sha256.digest());
        } catch (IOException e) {
            throw failure(part, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        if (!actual.equals(digest)) {
            discard();
            throw new DarterException(
                    ErrorCode.DIGEST_MISMATCH,
                    "Going on with " + part,
                    "its bytes have the digest " + actual + ", not " + digest,
                    "It has been removed; ask again to fetch it from its start.");
        }
    }

    /** @param noClobber an existing target stays, also one that came meanwhile */
    void commit(boolean noClobber) throws DarterException {
        try {
            Path whole = linked == null ? part : linked;
            if (linked == null) {
                flusher.close();
                channel.force(true);
            }
            if (noClobber) {
                Files.createLink(target, whole);
                Files.delete(whole);
            } else if (linked != null && Files.exists(target) && Files.isSameFile(linked, target)) {
                Files.delete(linked); // the target is this file already: renaming would do nothing
            } else {
                Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            if (linked != null) {
                Files.deleteIfExists(part);
            }
            over = true;
            forget();
            syncFolder();
        } catch (FileAlreadyExistsException e) {
            throw exists(target);
        } catch (IOException e) {
            throw failure(target, e);
        }
    }

    /** The name is as safe as the bytes. */
    private void syncFolder() throws IOException {
        Path folder = target.getParent();
        if (folder != null) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** What is there is not worth going on with. */
    void discard() {
        over = true;
        try {
            if (linked != null) {
                Files.deleteIfExists(linked);
            }
            Files.deleteIfExists(part);
            forget();
        } catch (IOException e) {
            System.err.println("could not remove " + part + ": " + e.getMessage());
        }
    }

    private void forget() throws IOException {
        Files.deleteIfExists(note());
    }

    @Override
    public void close() throws IOException {
        flusher.close();
        if (!over && (!keeps || linked != null || bytes == 0 || content.isEmpty())) {
            discard();
        }
        channel.close();
    }

    static DarterException exists(Path target) {
        return new DarterException(
                ErrorCode.USAGE,
                "Writing " + target,
                "it exists, and --no-clobber was given",
                "Name another file, or leave --no-clobber out.");
    }

    private static DarterException failure(Path file, @Nullable IOException e) {
        String message = e == null ? "" : String.valueOf(e.getMessage());
        boolean full = message.contains("No space left");
        return new DarterException(
                full ? ErrorCode.DISK_FULL : ErrorCode.DISK_ERROR,
                "Writing " + file,
                (e == null ? "" : e.getClass().getSimpleName()) + ": " + message,
                full ? "Make room, or write elsewhere." : "Check the folder and its permissions.",
                e);
    }
}
