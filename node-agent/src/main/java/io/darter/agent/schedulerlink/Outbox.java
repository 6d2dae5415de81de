package io.darter.agent.schedulerlink;

import io.darter.link.v1.AgentMessage;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to the scheduler, in order. Adding never waits: with a full outbox the scheduler has not listened
 * for long, so the link is ended, and all that matters is said anew on the next one.
 */
final class Outbox {
    static final int MESSAGES_MAX = 65_536;

    private final ArrayDeque<AgentMessage> messages = new ArrayDeque<>();
    private boolean closed;

    /** False if it is full or closed. */
    synchronized boolean add(AgentMessage message) {
        if (closed || messages.size() >= MESSAGES_MAX) {
            return false;
        }
        messages.add(message);
        notifyAll();
        return true;
    }

    /** The next message; null when closed. */
    synchronized @Nullable AgentMessage take() throws InterruptedException {
        while (messages.isEmpty() && !closed) {
            wait();
        }
        return closed ? null : messages.poll();
    }

    synchronized void close() {
        closed = true;
        messages.clear();
        notifyAll();
    }
}
