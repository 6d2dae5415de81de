package io.darter.agent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What tells that a file is still the one whose bytes were verified. Renaming and linking change only the last.
 *
 * @param modifiedNanos of the bytes, since 1970
 * @param changedNanos of bytes, names or rights; nobody but the kernel sets it
 */
record FileIdentity(long inode, long sizeBytes, long modifiedNanos, long changedNanos) {
    static final int BYTES = 32;

    static FileIdentity of(Path file) throws IOException {
        Map<String, Object> all = Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime");
        return new FileIdentity(
                ((Number) all.getOrDefault("ino", 0L)).longValue(),
                ((Number) all.getOrDefault("size", 0L)).longValue(),
                nanos(all.get("lastModifiedTime")),
                nanos(all.get("ctime")));
    }

    private static long nanos(@org.jspecify.annotations.Nullable Object time) {
        return time instanceof FileTime known ? known.to(TimeUnit.NANOSECONDS) : 0;
    }

    /** The bytes are the same as far as an honest writer's traces tell. */
    boolean sameBytes(FileIdentity other) {
        return inode == other.inode && sizeBytes == other.sizeBytes && modifiedNanos == other.modifiedNanos;
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(inode)
                .putLong(sizeBytes)
                .putLong(modifiedNanos)
                .putLong(changedNanos)
                .array();
    }

    static FileIdentity fromBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new FileIdentity(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }
}
