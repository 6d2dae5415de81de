package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a person has waited long enough: what is being waited for then is closed under the waiter. */
final class Deadline {
    private final Duration after;
    private @Nullable Thread watch;
    private @Nullable Closeable waitedFor;
    private boolean passed;

    /** @param after zero: never */
    Deadline(Duration after) {
        this.after = after;
        if (!after.isZero()) {
            watch = Thread.ofPlatform().daemon().name("deadline").start(this::run);
        }
    }

    static Deadline never() {
        return new Deadline(Duration.ZERO);
    }

    private void run() {
        try {
            Thread.sleep(after);
            synchronized (this) {
                passed = true;
                if (waitedFor != null) {
                    waitedFor.close();
                }
            }
        } catch (InterruptedException | IOException e) {
            // It is over before, or closed already.
        }
    }

    /** From now on this is what is waited for. */
    synchronized void closes(Closeable connection) throws IOException {
        waitedFor = connection;
        if (passed) {
            connection.close();
        }
    }

    /** Throws TIMEOUT if the time is over. */
    synchronized void check(String url) throws DarterException {
        if (passed) {
            throw new DarterException(
                    ErrorCode.TIMEOUT,
                    "Fetching " + url,
                    "it was not there after " + after.toMillis() / 1000.0 + " s",
                    "Ask again to go on from what has come, or give a longer --timeout;"
                            + " darter tasks explain says what takes the time.");
        }
    }

    void done() {
        if (watch != null) {
            watch.interrupt();
        }
    }
}
