package io.darter.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was started together and ends together, the last first, whatever becomes of one of them. One thread. */
public final class Running implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    public <T extends AutoCloseable> T keep(T part) {
        parts.push(part);
        return part;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                System.err.println("not stopped: " + e);
            }
        }
    }
}
