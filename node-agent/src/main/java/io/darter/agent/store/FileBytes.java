package io.darter.agent.store;

import io.darter.swarm.PieceGeometry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** All of the bytes or an error. */
final class FileBytes {
    private FileBytes() {}

    static boolean isDiskFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    /** Of a file whose name is gone: the system closes it in any case. */
    static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LoggerFactory.getLogger(FileBytes.class).atDebug().setCause(e).log("a removed file did not close well");
            }
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        long position = offset;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    static void readFully(FileChannel channel, ByteBuffer target, long offset) throws IOException {
        long position = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, position);
            if (count < 0) {
                throw new EOFException("the file ends at " + position);
            }
            position += count;
        }
    }

    /** Reads all of the target, from this place on. */
    interface Reader {
        void read(ByteBuffer target, long offset) throws IOException;
    }

    /** SHA-256 of a piece, read part by part into the buffer. */
    static byte[] hash(PieceGeometry geometry, int piece, ByteBuffer buffer, Reader reader) throws IOException {
        MessageDigest sha256 = Sha256.start();
        long end = geometry.offset(piece) + geometry.length(piece);
        for (long position = geometry.offset(piece); position < end; position += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
            reader.read(buffer, position);
            sha256.update(buffer.flip());
        }
        return sha256.digest();
    }
}
