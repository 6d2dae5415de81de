package io.darter.agent.schedulerlink;

import io.darter.agent.health.Patience;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Whether the scheduler at the other end of a link still answers. Nobody says a word when there is nothing to say, so who
 * waits asks. Safe for use by many threads.
 */
final class Silence {
    static final long LIMIT_NANOS = 500_000_000;
    private static final long ASK_AFTER_NANOS = 250_000_000;

    private final Patience patience;
    private final LongSupplier nanoTime;
    private boolean answers;
    private boolean asked;
    private long number;
    private long askedNanos;
    private long heardNanos;

    Silence(Patience patience) {
        this.patience = patience;
        this.nanoTime = patience.nanoTime();
    }

    /** @param answersPings an older appliance does not; then it is never called silent */
    synchronized void linked(boolean answersPings) {
        answers = answersPings;
        heard();
    }

    synchronized void heard() {
        heardNanos = nanoTime.getAsLong();
        asked = false;
    }

    /** The number to ask with, if it is time to ask. */
    synchronized OptionalLong question() {
        long now = nanoTime.getAsLong();
        if (!answers || asked || now - heardNanos < ASK_AFTER_NANOS) {
            return OptionalLong.empty();
        }
        asked = true;
        askedNanos = now;
        return OptionalLong.of(++number);
    }

    synchronized boolean lasts() {
        return asked && nanoTime.getAsLong() - askedNanos > LIMIT_NANOS + patience.extraNanos();
    }
}
