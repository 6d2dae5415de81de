package io.darter.agent.origin;

import io.darter.agent.peer.TransferException;
import io.darter.swarm.scheduling.FailureReason;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An answer's body as it comes; the network is asked for more only while little waits to be taken. */
final class BodyQueue implements BodySubscriber<BodyQueue> {
    private static final int ITEMS_AHEAD = 8;

    private final Duration stall;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private Flow.@Nullable Subscription subscription;
    private int asked;
    private boolean ended;
    private boolean closed;
    private @Nullable Throwable failure;

    BodyQueue(Duration stall) {
        this.stall = stall;
    }

    @Override
    public CompletionStage<BodyQueue> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription theSubscription) {
        lock.lock();
        try {
            subscription = theSubscription;
            if (closed) {
                theSubscription.cancel();
                return;
            }
        } finally {
            lock.unlock();
        }
        askForMore();
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        lock.lock();
        try {
            asked--;
            if (!closed) {
                for (ByteBuffer item : items) {
                    if (item.hasRemaining()) {
                        buffers.add(item);
                    }
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable cause) {
        lock.lock();
        try {
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onComplete() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link io.darter.agent.peer.PieceBody#read}. */
    int read(ByteBuffer target) throws TransferException, InterruptedException {
        int taken = 0;
        lock.lockInterruptibly();
        try {
            long left = stall.toNanos();
            while (buffers.isEmpty()) {
                if (ended) {
                    return -1;
                }
                if (failure != null) {
                    throw new TransferException(
                            FailureReason.UNREACHABLE,
                            "the origin's answer broke off: " + failure.getMessage(),
                            failure);
                }
                if (left <= 0) {
                    throw new TransferException(
                            FailureReason.STALLED, "no byte from the origin for " + stall.toSeconds() + " s", null);
                }
                left = askAndWait(left);
            }
            while (target.hasRemaining() && !buffers.isEmpty()) {
                ByteBuffer first = buffers.getFirst();
                int count = Math.min(first.remaining(), target.remaining());
                target.put(first.slice(first.position(), count));
                first.position(first.position() + count);
                taken += count;
                if (!first.hasRemaining()) {
                    buffers.removeFirst();
                }
            }
        } finally {
            lock.unlock();
        }
        askForMore();
        return taken;
    }

    @SuppressWarnings("WaitNotInLoop") // The loop is around the call.
    private long askAndWait(long leftNanos) throws InterruptedException {
        return changed.awaitNanos(leftNanos);
    }

    /** Outside the lock: the subscription may call {@link #onNext} from here. */
    private void askForMore() {
        Flow.Subscription from;
        int count;
        lock.lock();
        try {
            count = ITEMS_AHEAD - asked - buffers.size();
            if (count <= 0 || closed || ended || failure != null) {
                return;
            }
            from = subscription;
            asked += count;
        } finally {
            lock.unlock();
        }
        if (from != null) {
            from.request(count);
        }
    }

    /** Ends the connection unless everything has been read; nothing more is read from the network. */
    void close() {
        Flow.Subscription from;
        lock.lock();
        try {
            closed = true;
            buffers.clear();
            from = ended ? null : subscription;
        } finally {
            lock.unlock();
        }
        if (from != null) {
            from.cancel();
        }
    }
}
