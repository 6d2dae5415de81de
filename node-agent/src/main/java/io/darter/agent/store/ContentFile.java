package io.darter.agent.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The one channel through which a content's file is read and written: opened when it is needed. Safe for use by many threads. */
final class ContentFile {
    private static final int REOPENED_MAX = 8;

    private final DiskContent content;
    private final StoreFiles files;
    private final Handles handles;
    private volatile @Nullable FileChannel channel;

    /** @param content whose lock orders opening against closing */
    ContentFile(DiskContent content, StoreFiles files, Handles handles) {
        this.content = content;
        this.files = files;
        this.handles = handles;
    }

    /** What is done to the open file. */
    interface Action {
        void on(FileChannel channel) throws IOException;
    }

    /**
     * Interrupting a thread inside a FileChannel closes the channel for everybody. So an interrupted thread does not get
     * that far, and whoever finds the file closed under it opens it again.
     */
    void with(Action action) throws IOException {
        for (int attempt = 0; ; attempt++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            try {
                action.on(channel());
                return;
            } catch (ClosedChannelException e) {
                if (content.isRemoved()
                        || attempt == REOPENED_MAX
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }

    FileChannel channel() throws IOException {
        FileChannel present = channel;
        return present != null && present.isOpen() ? present : open();
    }

    private FileChannel open() throws IOException {
        synchronized (content) {
            FileChannel present = channel;
            if (present != null && present.isOpen()) {
                return present;
            }
            if (content.isRemoved()) {
                throw new IOException(content.key() + " is gone from the store");
            }
            FileChannel opened = content.committed()
                    ? FileChannel.open(files.data(content.key()), StandardOpenOption.READ)
                    : FileChannel.open(
                            files.part(content.key()),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            channel = opened;
            handles.opened(content);
            return opened;
        }
    }

    boolean isOpen() {
        return channel != null;
    }

    /** Without closing it: whoever still uses it goes on, and the JDK closes it when nobody can any more. */
    void letGo() {
        channel = null;
    }

    /** For a file that has no name any more: the system closes it in any case. */
    void closeQuietly() {
        FileBytes.closeQuietly(channel);
        channel = null;
    }

    void close() throws IOException {
        FileChannel present = channel;
        if (present != null) {
            present.close();
            channel = null;
        }
    }
}
