package io.darter.agent.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Has a large file written to the disk while it arrives, so that making it durable at the end does not wait for all of it.
 * Small files are left alone: a thread costs more than it gains.
 */
final class Flusher implements AutoCloseable {
    private static final long STEP_BYTES = 32 << 20;

    private final FileChannel file;
    private @Nullable Thread thread;
    private long writtenBytes;
    private long flushedBytes;
    private boolean closed;

    /** @param file the writer's own channel: closing another one of the same file would give up the writer's lock */
    Flusher(FileChannel file) {
        this.file = file;
    }

    synchronized void written(long bytes) {
        writtenBytes = bytes;
        if (writtenBytes - flushedBytes < STEP_BYTES || closed) {
            return;
        }
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("flush").start(this::run);
        }
        notifyAll();
    }

    private void run() {
        try {
            while (awaitStep()) {
                file.force(false);
            }
        } catch (IOException e) {
            close(); // whoever makes the file durable hears of it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitStep() throws InterruptedException {
        while (!closed && writtenBytes - flushedBytes < STEP_BYTES) {
            wait();
        }
        flushedBytes = writtenBytes;
        return !closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
