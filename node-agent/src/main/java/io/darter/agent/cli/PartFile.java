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
    private final FileChannel channel;
    private final Thread onExit;
    private volatile boolean committed;

    private PartFile(Path target, Path part, FileChannel channel) {
        this.target = target;
        this.part = part;
        this.channel = channel;
        this.onExit = new Thread(this::discard, "discard-part");
    }

    static PartFile create(Path target) throws DarterException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            FileChannel channel = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            PartFile file = new PartFile(target, part, channel);
            Runtime.getRuntime().addShutdownHook(file.onExit);
            return file;
        } catch (IOException e) {
            throw failure(part, e);
        }
    }

    /** True if all bytes came; false if the answer ended before. */
    boolean copy(InputStream body, long lengthBytes, Progress progress) throws DarterException {
        byte[] buffer = new byte[256 << 10];
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
            progress.moved(lengthBytes - left);
        }
        return true;
    }

    private void write(ByteBuffer bytes) throws DarterException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failure(part, e);
        }
    }

    void commit() throws DarterException {
        try {
            channel.force(true);
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
