package io.darter.agent.origin;

import io.darter.agent.peer.TransferException;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body as it comes: the event loop puts bytes in, one reading thread takes them out. The network is asked for
 * more only while less than {@link #BYTES_AHEAD_MAX} wait to be taken, so that with what one read brings there are never
 * more than twice as many; only of an origin that has closed its end, what the kernel holds comes at once.
 */
final class BodyQueue {
    static final int BYTES_AHEAD_MAX = 64 << 10;
    /** Small chunks hold larger buffers than they fill. */
    private static final int CHUNKS_AHEAD_MAX = 16;

    /** The connection; called without a lock held, and only while the answer is not over. */
    interface Flow {
        /** There is room again. */
        void more();

        /** Nobody wants the rest. */
        void cut();
    }

    private final Duration stall;
    private final Flow flow;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuf> chunks = new ArrayDeque<>();
    private int queuedBytes;
    private boolean paused;
    private boolean ended;
    private boolean closed;
    private @Nullable Throwable failure;

    /** @param stall how long one read waits for its first byte */
    BodyQueue(Duration stall, Flow flow) {
        this.stall = stall;
        this.flow = flow;
    }

    // ---- event loop ----

    /** Takes over the chunk; the reader hears of it with {@link #flush}. */
    void put(ByteBuf chunk) {
        lock.lock();
        try {
            if (closed || !chunk.isReadable()) {
                chunk.release();
                return;
            }
            chunks.add(chunk);
            queuedBytes += chunk.readableBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the reader: once for all that one read from the network brought. */
    void flush() {
        lock.lock();
        try {
            if (!chunks.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether to read on; if not, {@link Flow#more} says when. */
    boolean wantsMore() {
        lock.lock();
        try {
            paused = isFull();
            return !paused;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return queuedBytes >= BYTES_AHEAD_MAX || chunks.size() >= CHUNKS_AHEAD_MAX;
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void fail(Throwable cause) {
        lock.lock();
        try {
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- the reading thread ----

    /** As {@link io.darter.agent.peer.PieceBody#read}. */
    int read(ByteBuffer target) throws TransferException, InterruptedException {
        int taken = 0;
        boolean more;
        lock.lockInterruptibly();
        try {
            if (!awaitBytes()) {
                return -1;
            }
            while (target.hasRemaining() && !chunks.isEmpty()) {
                taken += take(chunks.getFirst(), target);
            }
            more = paused && !isFull() && isComing();
            paused = paused && !more;
        } finally {
            lock.unlock();
        }
        if (more) {
            flow.more();
        }
        return taken;
    }

    /** False at the end. */
    private boolean awaitBytes() throws TransferException, InterruptedException {
        long left = stall.toNanos();
        while (chunks.isEmpty()) {
            if (ended) {
                return false;
            }
            if (failure != null) {
                throw new TransferException(
                        FailureReason.UNREACHABLE, "the origin's answer broke off: " + failure.getMessage(), failure);
            }
            if (closed) {
                throw new TransferException(FailureReason.UNREACHABLE, "the origin's answer was given up", null);
            }
            if (left <= 0) {
                throw new TransferException(
                        FailureReason.STALLED, "no byte from the origin for " + stall.toSeconds() + " s", null);
            }
            left = changed.awaitNanos(left);
        }
        return true;
    }

    private int take(ByteBuf chunk, ByteBuffer target) {
        int count = Math.min(chunk.readableBytes(), target.remaining());
        int limit = target.limit();
        target.limit(target.position() + count);
        chunk.readBytes(target);
        target.limit(limit);
        queuedBytes -= count;
        if (!chunk.isReadable()) {
            chunks.removeFirst().release();
        }
        return count;
    }

    private boolean isComing() {
        return !ended && !closed && failure == null;
    }

    /** Ends the connection unless the whole answer has arrived; nothing more is read from the network. */
    void close() {
        boolean cut;
        lock.lock();
        try {
            cut = isComing();
            closed = true;
            chunks.forEach(ByteBuf::release);
            chunks.clear();
            queuedBytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (cut) {
            flow.cut();
        }
    }

    /** What has arrived and nobody has taken yet. */
    int queuedBytes() {
        lock.lock();
        try {
            return queuedBytes;
        } finally {
            lock.unlock();
        }
    }
}
