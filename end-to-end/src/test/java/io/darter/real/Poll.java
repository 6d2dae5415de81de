package io.darter.real;

import java.io.IOException;

/** Waiting for something that happens soon, with an end. */
final class Poll {
    private Poll() {}

    interface Question {
        boolean answeredYes() throws IOException, InterruptedException;
    }

    static void until(String what, int seconds, Question question) throws IOException, InterruptedException {
        var end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!question.answeredYes()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + seconds + " s: " + what);
            }
            Thread.sleep(30);
        }
    }
}
