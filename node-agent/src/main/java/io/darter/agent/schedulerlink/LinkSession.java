package io.darter.agent.schedulerlink;

import io.darter.link.v1.AgentMessage;
import io.darter.link.v1.SchedulerMessage;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One stream to one replica, from its first message to its end. One thread of its own sends; nobody else waits. */
final class LinkSession implements ClientResponseObserver<AgentMessage, SchedulerMessage> {
    private final Outbox outbox = new Outbox();
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
        synchronized (this) {
            stream = requests;
        }
        requests.setOnReadyHandler(this::wake);
        Thread.ofVirtual().name("link-send").start(this::sendAll);
    }

    /** Never waits; with a full outbox the session is ended. */
    void send(AgentMessage message) {
        if (!outbox.add(message)) {
            end("the scheduler takes no messages");
        }
    }

    private void sendAll() {
        try {
            for (AgentMessage message = outbox.take(); message != null; message = outbox.take()) {
                ClientCallStreamObserver<AgentMessage> ready = awaitReady();
                if (ready == null) {
                    return;
                }
                ready.onNext(message);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            end("sending failed: " + e.getMessage());
        }
    }

    private synchronized @Nullable ClientCallStreamObserver<AgentMessage> awaitReady() throws InterruptedException {
        while (ended == null && (stream == null || !stream.isReady())) {
            wait();
        }
        return ended == null ? stream : null;
    }

    private synchronized void wake() {
        notifyAll();
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

    /** Ends the stream; the first reason counts. */
    void end(String reason) {
        ClientCallStreamObserver<AgentMessage> toCancel;
        synchronized (this) {
            if (ended != null) {
                return;
            }
            ended = reason;
            toCancel = stream;
            notifyAll();
        }
        outbox.close();
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
