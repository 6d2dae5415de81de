package io.darter.agent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A journal being appended to; opened when it is needed. Its content's lock guards it. */
final class JournalFile {
    private final Path file;
    private @Nullable FileChannel channel;
    private long endBytes;

    JournalFile(Path file) {
        this.file = file;
    }

    void append(ByteBuffer record) throws IOException {
        FileChannel open = open();
        int length = record.remaining();
        FileBytes.writeFully(open, record, endBytes);
        endBytes += length;
    }

    void force() throws IOException {
        open().force(true);
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(file, StandardOpenOption.WRITE);
            endBytes = Journal.end(open.size());
            channel = open;
        }
        return open;
    }

    void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            channel = null;
            open.close();
        }
    }
}
