package io.darter.agent.task;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/** Direct buffers for moving bytes, used again and again; a few stay, more come and go with the load. */
final class BufferPool {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int KEPT_MAX = 64;

    private final ArrayBlockingQueue<ByteBuffer> kept = new ArrayBlockingQueue<>(KEPT_MAX);

    /** An empty buffer of 128 KiB, the size of the smallest piece. */
    ByteBuffer take() {
        ByteBuffer buffer = kept.poll();
        return buffer == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : buffer.clear();
    }

    /** The next ones are made anew. */
    void letGo() {
        kept.clear();
    }

    void giveBack(ByteBuffer buffer) {
        kept.offer(buffer);
    }
}
