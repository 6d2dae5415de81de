package io.darter.agent.store;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has a large content written to the disk while it arrives, so that its commit, and whoever makes a copy of it durable at
 * the same time, does not wait for all of it at once. Costs nothing for small ones. Safe for use by many threads.
 */
final class WriteBack {
    private static final long STEP_BYTES = 64 << 20;

    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean running = new AtomicBoolean();

    /** Makes what is in the file durable. */
    interface Force {
        void run() throws IOException;
    }

    void wrote(long bytes, Force force) {
        if (waitingBytes.addAndGet(bytes) < STEP_BYTES || !running.compareAndSet(false, true)) {
            return;
        }
        waitingBytes.set(0);
        // Not a virtual thread: it waits inside the system, and would hold a carrier.
        Thread.ofPlatform().daemon().name("write back").start(() -> {
            try {
                force.run();
            } catch (IOException e) {
                waitingBytes.set(0); // the commit will say what is wrong
            } finally {
                running.set(false);
            }
        });
    }
}
