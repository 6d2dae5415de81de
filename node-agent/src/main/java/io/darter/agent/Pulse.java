package io.darter.agent;

import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.ServiceManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent does by the clock: the rates of the hour, and the word to systemd's watchdog, which is given only while
 * event loops, downloads and the disk answer.
 */
final class Pulse implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    private static final long BEAT_MILLIS = 1000;
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final LiveSettings settings;
    private final ServiceManager manager;
    private final EventLoops loops;
    private final BooleanSupplier ticks;
    private final Path probe;
    private final InstantSource clock;
    private final Patience patience;
    private final AtomicBoolean probing = new AtomicBoolean();
    private final Thread thread = Thread.ofPlatform().daemon().name("pulse").unstarted(this::run);

    /**
     * @param ticks whether the downloads' clock goes on
     * @param patience hears how late this machine is
     */
    Pulse(
            LiveSettings settings,
            ServiceManager manager,
            EventLoops loops,
            BooleanSupplier ticks,
            Path dataDir,
            InstantSource clock,
            Patience patience) {
        this.settings = settings;
        this.manager = manager;
        this.loops = loops;
        this.ticks = ticks;
        this.probe = dataDir.resolve("pulse");
        this.clock = clock;
        this.patience = patience;
    }

    void start() {
        thread.start();
    }

    private void run() {
        long everyMillis =
                Math.max(10, manager.watchdog().map(Duration::toMillis).orElse(Long.MAX_VALUE));
        long pauseMillis = Math.min(BEAT_MILLIS, everyMillis);
        long quietMillis = everyMillis;
        try {
            while (true) {
                settings.apply(clock.instant());
                if (manager.watchdog().isPresent() && quietMillis >= everyMillis) {
                    quietMillis = 0;
                    beat();
                }
                long dueNanos = patience.nanoTime().getAsLong() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
                patience.wasDue(dueNanos);
                quietMillis += pauseMillis;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() throws InterruptedException {
        List<String> silent = silent();
        if (silent.isEmpty()) {
            manager.alive();
        } else {
            log.atError().log("no word to the watchdog: no answer of {}", String.join(", ", silent));
        }
    }

    /** What does not answer. */
    List<String> silent() throws InterruptedException {
        List<String> silent = new ArrayList<>();
        if (!loops.answer(ANSWER)) {
            silent.add("the event loops");
        }
        if (!ticks.getAsBoolean()) {
            silent.add("the downloads' clock");
        }
        if (!diskAnswers()) {
            silent.add("the disk");
        }
        return silent;
    }

    /** On a thread of its own: a disk that hangs, hangs whoever writes. One at a time. */
    private boolean diskAnswers() throws InterruptedException {
        if (!probing.compareAndSet(false, true)) {
            return false;
        }
        AtomicBoolean written = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().daemon().name("disk-probe").start(() -> {
            try {
                Files.writeString(probe, "written to see whether the disk answers\n");
                written.set(true);
            } catch (IOException e) {
                log.atWarn().setCause(e).log("the disk cannot be written");
                // A full or broken disk is no reason for a restart: it answers.
                written.set(true);
            } finally {
                probing.set(false);
            }
        });
        return writer.join(ANSWER) && written.get();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
