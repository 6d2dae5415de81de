package io.darter.agent.peer;

import io.darter.agent.http.RateLimit;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One request's answer: the event loop puts bytes in, the fetching thread takes them out. What is not taken holds back the
 * whole connection, by {@link PeerConnection}.
 */
final class PeerAnswer implements PieceBody {
    /** Closing early is answered by reading this much to the end; beyond it by closing the connection. */
    private static final long DRAIN_BYTES_MAX = 256 << 10;
    /** The fetching thread is woken for so many bytes, not for each of the small chunks in which TLS hands them out. */
    private static final int WORTH_WAKING_BYTES = 128 << 10;

    private final PeerConnection connection;
    private final RateLimit download;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuf> chunks = new ArrayDeque<>();
    private long toArriveBytes;
    private int bufferedBytes;
    /** Of the buffered: worth waking for once, so passed on without waiting for more. */
    private int passableBytes;

    private int status;
    private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;
    private long lengthBytes = -1;
    private boolean ended;
    private boolean closed;
    private @Nullable TransferException failure;

    /** @param expectedBytes of the body, until the head tells the length */
    PeerAnswer(PeerConnection connection, RateLimit download, long expectedBytes) {
        this.connection = connection;
        this.download = download;
        this.toArriveBytes = expectedBytes;
    }

    // ---- event loop ----

    void head(int answerStatus, long length, HttpHeaders answerHeaders) {
        lock.lock();
        try {
            status = answerStatus;
            headers = answerHeaders;
            lengthBytes = length;
            toArriveBytes = Math.max(0, length);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes over the chunk; false if it was thrown away because nobody wants it. */
    boolean put(ByteBuf chunk) {
        lock.lock();
        try {
            toArriveBytes -= chunk.readableBytes();
            if (closed) {
                chunk.release();
                return false;
            }
            chunks.add(chunk);
            bufferedBytes += chunk.readableBytes();
            if (isWorthReading(WORTH_WAKING_BYTES)) {
                changed.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Of the body and as far as the head has told: what has not arrived yet. */
    long certainBytes() {
        lock.lock();
        try {
            return lengthBytes < 0 ? 0 : toArriveBytes;
        } finally {
            lock.unlock();
        }
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

    void fail(TransferException cause) {
        lock.lock();
        try {
            if (!ended && failure == null) {
                failure = cause;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the fetching thread ----

    /** True once anything of the answer has arrived. */
    boolean begun() {
        lock.lock();
        try {
            return status != 0;
        } finally {
            lock.unlock();
        }
    }

    int awaitStatus() throws TransferException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (status == 0) {
                await();
            }
            return status;
        } finally {
            lock.unlock();
        }
    }

    PeerConnection connection() {
        return connection;
    }

    /** After {@link #awaitStatus}; empty if the answer has no such header. */
    String header(String name) {
        lock.lock();
        try {
            return headers.get(name, "");
        } finally {
            lock.unlock();
        }
    }

    /** Of the body as the head announced it, -1 if it did not. */
    long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public int read(ByteBuffer target) throws TransferException, InterruptedException {
        int taken = 0;
        lock.lockInterruptibly();
        try {
            while (!isWorthReading(target.remaining())) {
                await();
            }
            if (chunks.isEmpty()) {
                return -1;
            }
            while (target.hasRemaining() && !chunks.isEmpty()) {
                ByteBuf chunk = chunks.getFirst();
                int count = Math.min(chunk.readableBytes(), target.remaining());
                int limit = target.limit();
                target.limit(target.position() + count);
                chunk.readBytes(target);
                target.limit(limit);
                bufferedBytes -= count;
                taken += count;
                if (!chunk.isReadable()) {
                    chunks.removeFirst().release();
                }
            }
        } finally {
            lock.unlock();
        }
        connection.taken(taken);
        download.acquire(taken);
        return taken;
    }

    @Override
    public int pass(ByteBuffer scratch, int bytesMax, Taker taker) throws IOException, InterruptedException {
        ByteBuf chunk = next(bytesMax);
        if (chunk == null) {
            return -1;
        }
        int count = chunk.readableBytes();
        try {
            taker.take(
                    chunk.nioBufferCount() == 1
                            ? chunk.internalNioBuffer(chunk.readerIndex(), count)
                            : chunk.nioBuffer());
        } finally {
            chunk.release();
            connection.taken(count);
        }
        download.acquire(count);
        return count;
    }

    /** The next chunk or a part of it, the caller's from now on; null at the end. */
    private @Nullable ByteBuf next(int bytesMax) throws TransferException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (passableBytes == 0) {
                while (!isWorthReading(bytesMax)) {
                    await();
                }
                passableBytes = bufferedBytes;
            }
            ByteBuf first = chunks.peek();
            if (first == null) {
                return null;
            }
            int count = Math.min(first.readableBytes(), bytesMax);
            bufferedBytes -= count;
            passableBytes -= count;
            return count == first.readableBytes() ? chunks.remove() : first.readRetainedSlice(count);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWorthReading(int wantedBytes) {
        return ended
                || (status != 0 && toArriveBytes <= 0 && bufferedBytes > 0)
                || bufferedBytes >= Math.min(wantedBytes, WORTH_WAKING_BYTES);
    }

    /** Waits for the event loop, which also notices when the connection is silent for too long; fails if it failed. */
    @SuppressWarnings("WaitNotInLoop") // The loops are around the calls.
    private void await() throws TransferException, InterruptedException {
        if (failure != null) {
            throw new TransferException(failure.reason(), String.valueOf(failure.getMessage()), failure);
        }
        changed.await();
    }

    @Override
    public void close() {
        int dropped = 0;
        boolean tooMuchLeft;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            for (ByteBuf chunk : chunks) {
                dropped += chunk.readableBytes();
                chunk.release();
            }
            chunks.clear();
            bufferedBytes = 0;
            passableBytes = 0;
            tooMuchLeft = !ended && failure == null && toArriveBytes > DRAIN_BYTES_MAX;
        } finally {
            lock.unlock();
        }
        connection.taken(dropped);
        if (tooMuchLeft) {
            connection.close(new TransferException(
                    FailureReason.UNREACHABLE,
                    "the connection to " + connection.parent() + " was closed in the middle of another answer",
                    null));
        }
    }
}
