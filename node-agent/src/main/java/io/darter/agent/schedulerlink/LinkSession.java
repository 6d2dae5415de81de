package io.darter.agent.schedulerlink;

import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.SchedulerMessage;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream to one replica, from its first message to its end. Sending never waits: what the stream cannot take yet stays
 * here, in order. With too much of it the scheduler has not listened for long, so the session is ended, and all that
 * matters is said anew on the next one.
 */
final class LinkSession implements ClientResponseObserver<AgentMessage, SchedulerMessage> {
    static final int WAITING_MAX = 65_536;

    private final ArrayDeque<AgentMessage> waiting = new ArrayDeque<>();
    private final BiConsumer<LinkSession, SchedulerMessage> receiver;
    private final LongSupplier nanoTime;
    private @Nullable ClientCallStreamObserver<AgentMessage> stream;
    private @Nullable String ended;
    private boolean welcomed;

    LinkSession(BiConsumer<LinkSession, SchedulerMessage> receiver, LongSupplier nanoTime) {
        this.receiver = receiver;
        this.nanoTime = nanoTime;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AgentMessage> requests) {
        requests.setOnReadyHandler(this::sendWaiting);
        synchronized (this) {
            stream = requests;
        }
    }

    /** Never waits; with too many messages waiting the session is ended. */
    void send(AgentMessage message) {
        if (!sendOrKeep(message)) {
            end("the scheduler takes no messages");
        }
    }

    /** False if there is no room to keep it. */
    private synchronized boolean sendOrKeep(AgentMessage message) {
        if (ended != null) {
            return true;
        }
        if (waiting.isEmpty() && stream != null && stream.isReady()) {
            stream.onNext(message);
            return true;
        }
        return waiting.size() < WAITING_MAX && waiting.add(message);
    }

    /** The transport can take more. */
    private synchronized void sendWaiting() {
        while (ended == null && stream != null && stream.isReady()) {
            AgentMessage message = waiting.poll();
            if (message == null) {
                return;
            }
            stream.onNext(message);
        }
    }

    @Override
    public void onNext(SchedulerMessage message) {
        receiver.accept(this, message);
    }

    @Override
    public void onError(Throwable cause) {
        end(String.valueOf(cause.getMessage()));
    }

    @Override
    public void onCompleted() {
        end("the scheduler ended the link");
    }

    synchronized void welcomed() {
        welcomed = true;
        notifyAll();
    }

    synchronized boolean isWelcomed() {
        return welcomed;
    }

    /** Ends the stream; the first reason counts. */
    void end(String reason) {
        ClientCallStreamObserver<AgentMessage> toCancel;
        synchronized (this) {
            if (ended != null) {
                return;
            }
            ended = reason;
            waiting.clear();
            toCancel = stream;
            notifyAll();
        }
        if (toCancel != null) {
            toCancel.cancel(reason, null);
        }
    }

    /** Waits until the session is welcomed or ended; false if it is neither by then. */
    synchronized boolean awaitWelcome(long waitMillis) throws InterruptedException {
        long deadline = nanoTime.getAsLong() + waitMillis * 1_000_000;
        while (!welcomed && ended == null) {
            long leftMillis = (deadline - nanoTime.getAsLong()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    /** Why the session ended; null if it did not until then. */
    synchronized @Nullable String awaitEnd(long waitMillis) throws InterruptedException {
        long deadline = nanoTime.getAsLong() + waitMillis * 1_000_000;
        while (ended == null) {
            long leftMillis = (deadline - nanoTime.getAsLong()) / 1_000_000;
            if (leftMillis <= 0) {
                return null;
            }
            wait(leftMillis);
        }
        return ended;
    }
}
