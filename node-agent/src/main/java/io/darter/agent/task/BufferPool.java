package io.darter.agent.task;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * Direct buffers for moving bytes, used again and again; a few stay, more come and go with the load. And memory for whole
 * pieces that are proved before they are handed on: {@value #PIECES_MAX} at once, whoever wants more waits.
 */
final class BufferPool {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int KEPT_MAX = 64;
    private static final int PIECES_MAX = 8;

    private final ArrayBlockingQueue<ByteBuffer> kept = new ArrayBlockingQueue<>(KEPT_MAX);
    private final Semaphore pieces = new Semaphore(PIECES_MAX);

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

    /** Memory for a piece; to be given back by {@link #endPiece}. */
    ByteBuffer takePiece(int bytes) throws InterruptedException {
        pieces.acquire();
        return ByteBuffer.allocate(bytes);
    }

    void endPiece() {
        pieces.release();
    }
}
