package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** {@code FILE.part}, which becomes FILE when it is whole and safe on the disk, and else goes, also on Ctrl-C. */
final class PartFile implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final Thread onExit;
    private final Flusher flusher;
    private FileChannel channel;
    private long written;
    private volatile boolean committed;

    private PartFile(Path target, Path part, FileChannel channel) {
        this.target = target;
        this.part = part;
        this.channel = channel;
        this.flusher = new Flusher(part);
        this.onExit = new Thread(this::discard, "discard-part");
    }

    static PartFile create(Path target) throws DarterException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.deleteIfExists(part); // not written into: it may be another name of a file
            PartFile file = new PartFile(target, part, open(part));
            Runtime.getRuntime().addShutdownHook(file.onExit);
            return file;
        } catch (IOException e) {
            throw failure(part, e);
        }
    }

    private static FileChannel open(Path part) throws IOException {
        return FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Where the next byte goes. */
    long writtenBytes() {
        return written;
    }

    /** True if all bytes came; false if the answer ended before. */
    boolean copy(InputStream body, long lengthBytes, Progress progress) throws DarterException {
        byte[] buffer = new byte[256 << 10];
        long start = written;
        long left = lengthBytes;
        while (left > 0) {
            int count;
            try {
                count = body.read(buffer, 0, (int) Math.min(buffer.length, left));
            } catch (IOException e) {
                return false;
            }
            if (count < 0) {
                return false;
            }
            write(ByteBuffer.wrap(buffer, 0, count));
            left -= count;
            progress.moved(start + lengthBytes - left);
        }
        return true;
    }

    private void write(ByteBuffer bytes) throws DarterException {
        try {
            while (bytes.hasRemaining()) {
                written += channel.write(bytes);
            }
            flusher.written(written);
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
        while (written < end) {
            try {
                channel.position(written);
                long count = from.transferTo(written, end - written, channel);
                if (count <= 0) {
                    return false;
                }
                written += count;
            } catch (IOException e) {
                if (isReadError(e)) {
                    return false;
                }
                throw failure(part, e);
            }
        }
        flusher.written(written);
        return true;
    }

    private static boolean isReadError(IOException e) {
        return String.valueOf(e.getMessage()).contains("Input/output error");
    }

    /** The other file itself under this name; false if the system does not allow it. */
    boolean link(Path from) throws DarterException {
        try {
            Files.delete(part);
            Files.createLink(part, from);
            written = Files.size(part);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            // Written as a file of its own again.
            try {
                channel.close();
                channel = open(part);
                written = 0;
                return false;
            } catch (IOException again) {
                throw failure(part, again);
            }
        }
    }

    void commit() throws DarterException {
        try {
            flusher.close();
            channel.force(true);
            if (Files.exists(target) && Files.isSameFile(part, target)) {
                Files.delete(part); // already linked: renaming would do nothing
                committed = true;
                return;
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            committed = true;
        } catch (IOException e) {
            throw failure(target, e);
        }
    }

    private void discard() {
        if (!committed) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException e) {
                System.err.println("could not remove " + part + ": " + e.getMessage());
            }
        }
    }

    @Override
    public void close() throws IOException {
        flusher.close();
        channel.close();
        discard();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running: it has removed the file, or is about to.
        }
    }

    private static DarterException failure(Path file, IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new DarterException(
                full ? ErrorCode.DISK_FULL : ErrorCode.DISK_ERROR,
                "Writing " + file,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                full ? "Make room, or write elsewhere." : "Check the folder and its permissions.",
                e);
    }
}
