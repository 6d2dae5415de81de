package io.darter.agent.peer;

import io.darter.agent.health.Patience;
import io.darter.agent.http.RateLimit;
import io.darter.swarm.NodeId;
import io.darter.swarm.scheduling.FailureReason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kept connection to one parent. Requests are pipelined; answers come in the order of the requests. Nothing is read
 * from the network while more than {@link #QUEUED_BYTES_MAX} wait to be taken.
 */
final class PeerConnection extends ChannelInboundHandlerAdapter {
    static final long STALL_MILLIS = 700;
    static final int IN_FLIGHT_MAX = 4;
    static final long QUEUED_BYTES_MAX = 512 << 10;
    /** The codec reads any number of any length as a status. */
    private static final int STATUS_MIN = 100;

    /** How long the network's thread may need to hear of bytes that had been kept back. */
    private static final long KEPT_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long PERMIT_POLL_MILLIS = 200;

    private final Channel channel;
    private final PieceClient.Parent parent;
    private final Optional<NodeId> self;
    private final RateLimit download;
    private final Patience patience;
    private final LongSupplier nanoTime;
    private final Semaphore permits = new Semaphore(IN_FLIGHT_MAX);
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile long lastProgressNanos;
    private volatile boolean paused;
    private volatile boolean used;
    private volatile @Nullable TransferException closedBy;

    /** Event loop only. */
    private final Deque<PeerAnswer> due = new ArrayDeque<>();
    /** Event loop only: a read has been asked for and not been answered. */
    private boolean readPending;
    /** Event loop only. */
    private final WakeThreshold threshold;
    /** Event loop only: the next look at whether the parent is silent is under way. */
    private boolean stallCheckPending;

    /** @param self how this node presents itself, where no certificate does */
    PeerConnection(
            Channel channel, PieceClient.Parent parent, Optional<NodeId> self, RateLimit download, Patience patience) {
        this.channel = channel;
        this.parent = parent;
        this.self = self;
        this.download = download;
        this.patience = patience;
        this.nanoTime = patience.nanoTime();
        this.lastProgressNanos = nanoTime.getAsLong();
        this.threshold = new WakeThreshold(channel);
    }

    /** Sends a request; waits while as many as allowed are under way. */
    PeerAnswer request(String path, byte[] capability, long expectedBytes)
            throws TransferException, InterruptedException {
        while (!permits.tryAcquire(PERMIT_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            throwIfClosed();
        }
        used = true;
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
        request.headers().set("Host", "peer");
        if (capability.length > 0) {
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(capability);
            request.headers().set(PeerGate.CAPABILITY_HEADER, text);
        }
        self.ifPresent(node -> request.headers().set(PeerGate.NODE_HEADER, node.value()));
        PeerAnswer answer = new PeerAnswer(this, download, expectedBytes);
        lastProgressNanos = nanoTime.getAsLong();
        channel.eventLoop().execute(() -> send(request, answer));
        return answer;
    }

    private void send(DefaultFullHttpRequest request, PeerAnswer answer) {
        if (closedBy == null && !channel.isActive()) {
            closedBy = unreachable("the connection broke");
        }
        TransferException cause = closedBy;
        if (cause != null) {
            request.release();
            permits.release();
            answer.fail(cause);
            return;
        }
        due.add(answer);
        channel.writeAndFlush(request);
        checkForStall();
    }

    /** While answers are due, the connection is looked at again when it could have been silent for too long. */
    private void checkForStall() {
        if (due.isEmpty() || stallCheckPending) {
            return;
        }
        long now = nanoTime.getAsLong();
        long silentNanos = paused ? 0 : now - lastProgressNanos;
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS) + patience.extraNanos() - silentNanos;
        if (leftNanos <= 0 && threshold.lower()) {
            leftNanos = KEPT_BACK_NANOS;
        }
        if (leftNanos <= 0) {
            long silentMillis = TimeUnit.NANOSECONDS.toMillis(silentNanos);
            String message = "no byte from " + parent() + " for " + silentMillis + " ms";
            TransferException stalled = new TransferException(FailureReason.STALLED, message, null);
            due.forEach(answer -> answer.fail(stalled));
            close(stalled);
            return;
        }
        stallCheckPending = true;
        long dueNanos = now + leftNanos;
        Runnable again = () -> {
            stallCheckPending = false;
            patience.wasDue(dueNanos);
            checkForStall();
        };
        channel.eventLoop().schedule(again, leftNanos, TimeUnit.NANOSECONDS);
    }

    private void throwIfClosed() throws TransferException {
        TransferException cause = closedBy;
        if (cause != null) {
            throw new TransferException(cause.reason(), String.valueOf(cause.getMessage()), cause);
        }
    }

    /** The fetching thread took bytes out: perhaps there is room to read on. */
    void taken(int bytes) {
        if (bytes > 0 && queuedBytes.addAndGet(-bytes) < QUEUED_BYTES_MAX && paused) {
            channel.eventLoop().execute(this::readOn);
        }
    }

    /** What has arrived and nobody has taken yet. */
    long queuedBytes() {
        return queuedBytes.get();
    }

    boolean open() {
        return closedBy == null && channel.isActive();
    }

    /** True if a request has been sent on it before: the parent may have closed it meanwhile for good reason. */
    boolean used() {
        return used;
    }

    NodeId parentNode() {
        return parent.node();
    }

    String parent() {
        return parent.node() + " at " + parent.host() + ":" + parent.port();
    }

    Channel channel() {
        return channel;
    }

    /** Ends the connection; every answer still due fails with this. */
    void close(TransferException cause) {
        if (closedBy == null) {
            closedBy = cause;
        }
        channel.close();
    }

    // ---- event loop ----

    /** Bytes of any kind came, before TLS looks at them. */
    void progress(int bytes) {
        lastProgressNanos = nanoTime.getAsLong();
        threshold.arrived(bytes, lastProgressNanos);
    }

    void readOn() {
        if (readPending) {
            return;
        }
        if (queuedBytes.get() >= QUEUED_BYTES_MAX) {
            paused = true;
            // A taker that made room just before saw no pause: look again, or nobody would read on.
            if (queuedBytes.get() >= QUEUED_BYTES_MAX) {
                return;
            }
        }
        if (paused) {
            lastProgressNanos = nanoTime.getAsLong();
            paused = false;
        }
        readPending = true;
        channel.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (closedBy != null) {
                return; // what the codec still says would end an answer that has no beginning
            }
            PeerAnswer answer = due.peek();
            if (answer == null
                    || !(message instanceof HttpObject object)
                    || object.decoderResult().isFailure()
                    || (message instanceof HttpResponse odd && odd.status().code() < STATUS_MIN)) {
                close(unreachable("it sent something that is not an answer"));
                return;
            }
            if (message instanceof HttpResponse response) {
                answer.head(response.status().code(), HttpUtil.getContentLength(response, -1L), response.headers());
            }
            if (message instanceof HttpContent content) {
                int bytes = content.content().readableBytes();
                if (bytes > 0 && answer.put(content.content().retain())) {
                    queuedBytes.addAndGet(bytes);
                }
                if (message instanceof LastHttpContent) {
                    due.poll();
                    answer.end();
                    permits.release();
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readPending = false;
        PeerAnswer answer = due.peek();
        threshold.expect(answer == null ? 0 : answer.certainBytes());
        readOn();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        TransferException cause = closedBy;
        if (cause == null) {
            cause = unreachable("the connection broke");
            closedBy = cause;
        }
        for (PeerAnswer answer = due.poll(); answer != null; answer = due.poll()) {
            answer.fail(cause);
            permits.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        close(unreachable(String.valueOf(cause.getMessage())));
    }

    private TransferException unreachable(String happened) {
        return new TransferException(FailureReason.UNREACHABLE, parent() + ": " + happened, null);
    }
}
