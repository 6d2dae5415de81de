package io.darter.appliance.scheduling;

import io.darter.appliance.operator.Problems;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns one cluster's {@link SwarmDesk}, and its mailbox. A full mailbox makes links wait, which stops
 * their agents from sending more; mail is handled in batches, so that many small reports lead to few messages.
 */
final class ClusterScheduler {
    private static final Logger log = LoggerFactory.getLogger(ClusterScheduler.class);
    private static final int MAILBOX_MAX = 65_536;
    private static final int BATCH_MAX = 1024;
    private static final long TICK_NANOS = 100_000_000;
    private static final long ASK_SECONDS = 10;
    private static final long UNSURE_MILLIS = 20;

    private final SwarmDesk desk;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final BooleanSupplier sure;
    private final BlockingQueue<Mail> mailbox = new ArrayBlockingQueue<>(MAILBOX_MAX);
    private final Thread thread;
    private volatile boolean stopped;

    /** @param sure whether this process may decide now; while it is not, nothing is decided and nothing said */
    ClusterScheduler(String name, SwarmDesk desk, LongSupplier nanoTime, InstantSource clock, BooleanSupplier sure) {
        this.sure = sure;
        this.desk = desk;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("scheduler-" + name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Handles no more mail; returns when the thread has ended. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(ASK_SECONDS));
    }

    /** Waits while the mailbox is full. */
    void post(Mail mail) throws InterruptedException {
        while (!stopped && !mailbox.offer(mail, 1, TimeUnit.SECONDS)) {
            log.atWarn().log("the scheduler's mailbox is full; agents wait");
        }
    }

    /** Runs the question on the scheduler's thread and returns its answer. */
    <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable run = () -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        };
        try {
            if (!stopped && mailbox.offer(new Mail.Ask(run), ASK_SECONDS, TimeUnit.SECONDS)) {
                return answer.get(ASK_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking the scheduler", e.getCause());
        } catch (TimeoutException e) {
            log.atWarn().log("the scheduler did not answer in time");
        }
        throw Problems.exception(
                "SCHEDULER_BUSY", 503, "Asking the scheduler", "it did not answer in time", "Try again in a minute");
    }

    private void run() {
        List<Mail> batch = new ArrayList<>(BATCH_MAX);
        long nextTick = nanoTime.getAsLong() + TICK_NANOS;
        while (!stopped) {
            batch.clear();
            try {
                awaitSure();
                Mail first = mailbox.poll(Math.max(0, nextTick - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
                if (first != null) {
                    batch.add(first);
                    mailbox.drainTo(batch, BATCH_MAX - 1);
                }
            } catch (InterruptedException e) {
                return;
            }
            for (Mail mail : batch) {
                guarded(() -> desk.handle(mail, nanoTime.getAsLong(), clock.millis()));
            }
            if (nanoTime.getAsLong() - nextTick >= 0) {
                nextTick = nanoTime.getAsLong() + TICK_NANOS;
                guarded(() -> desk.tick(nanoTime.getAsLong(), clock.millis()));
            }
            try {
                awaitSure(); // it may have been stopped since
            } catch (InterruptedException e) {
                return;
            }
            guarded(desk::flush);
        }
    }

    private void awaitSure() throws InterruptedException {
        while (!sure.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(UNSURE_MILLIS);
        }
    }

    /** One agent's bad message must not stop the others. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (IllegalArgumentException e) {
            log.atWarn().addKeyValue("cause", e.getMessage()).log("an agent's message was left out");
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a scheduling step failed");
        }
    }
}
