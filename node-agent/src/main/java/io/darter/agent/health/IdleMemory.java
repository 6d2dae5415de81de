package io.darter.agent.health;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives memory back to the machine when the agent has moved no content for a while: what is kept for the next download goes,
 * and the heap shrinks to what lives in it. Once after each time of work, on a thread of its own.
 */
public final class IdleMemory implements AutoCloseable {
    private static final long LOOK_MILLIS = 5_000;
    /** So many looks without anything moved: idle. */
    private static final int STILL_LOOKS = 3;

    private final LongSupplier moved;
    private final Runnable letGo;
    private final long lookMillis;
    private final Thread thread;

    /**
     * @param moved grows whenever content is moved
     * @param letGo lets go of what is kept for the next time of work
     */
    public IdleMemory(LongSupplier moved, Runnable letGo) {
        this(moved, letGo, LOOK_MILLIS);
    }

    IdleMemory(LongSupplier moved, Runnable letGo, long lookMillis) {
        this.moved = moved;
        this.letGo = letGo;
        this.lookMillis = lookMillis;
        this.thread = Thread.ofVirtual().name("idle-memory").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            long seen = moved.getAsLong();
            int still = 0;
            while (true) {
                TimeUnit.MILLISECONDS.sleep(lookMillis);
                long now = moved.getAsLong();
                still = now == seen ? still + 1 : 0;
                seen = now;
                if (still == STILL_LOOKS) {
                    giveBack();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("SystemGc") // a full collection is what shrinks the heap, and nobody waits for anything now
    private void giveBack() {
        letGo.run();
        System.gc();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
