package io.darter.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is too old out of the store, from time to time until the agent stops; a time that fails is not the last. */
final class Sweeping implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Sweeping.class);

    private final Store store;
    private final CountDownLatch stop;
    private final Duration every;

    /** What is swept. */
    interface Store {
        void sweep() throws IOException;
    }

    Sweeping(Store store, CountDownLatch stop, Duration every) {
        this.store = store;
        this.stop = stop;
        this.every = every;
    }

    @Override
    public void run() {
        try {
            while (!stop.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    store.sweep();
                } catch (IOException | UncheckedIOException e) {
                    log.atWarn()
                            .setCause(e)
                            .log("what is too old in the store could not be removed; tried again later");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
