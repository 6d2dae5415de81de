package io.darter.demo;

import java.time.Duration;

/** Waiting for a process with patience that ends, and with words for both ways it can go wrong. */
final class Await {
    private static final long POLL_MILLIS = 50;

    private Await() {}

    /** A question that may be asked again and again. */
    interface Question {
        boolean answeredYes() throws InterruptedException;
    }

    static void until(Child child, Duration patience, String tried, Question question)
            throws DemoFailure, InterruptedException {
        var start = System.nanoTime();
        while (!question.answeredYes()) {
            if (!child.alive()) {
                throw new DemoFailure(
                        DemoFailure.INTERNAL,
                        "PROCESS_ENDED",
                        tried,
                        child.name() + " ended with exit code " + child.exitCode() + "; its last words were\n"
                                + child.lastLines(12) + "\n ",
                        "Mend what it says and start again");
            }
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new DemoFailure(
                        DemoFailure.TIMEOUT,
                        "NOT_READY",
                        tried,
                        child.name() + " was not ready after " + patience.toSeconds() + " s; its last words were\n"
                                + child.lastLines(12) + "\n ",
                        "Look whether the machine is overloaded, then start again");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
