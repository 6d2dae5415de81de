package io.darter.demo;

import java.util.ArrayDeque;

/** What must be ended and removed, the newest first, whichever comes first: the end of the work or Ctrl-C. */
final class Cleanup implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> things = new ArrayDeque<>();
    private boolean begun;

    synchronized <T extends AutoCloseable> T add(T thing) {
        things.push(thing);
        return thing;
    }

    synchronized boolean begun() {
        return begun;
    }

    /** The second caller waits until the first is through. */
    @Override
    public synchronized void close() {
        begun = true;
        while (!things.isEmpty()) {
            try {
                things.pop().close();
            } catch (Exception e) {
                System.err.println("Ending " + e);
            }
        }
    }
}
