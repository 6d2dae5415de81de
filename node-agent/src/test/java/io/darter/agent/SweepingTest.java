package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SweepingTest {
    @Test
    void aSweepThatFailsIsNotTheLast() {
        AtomicInteger times = new AtomicInteger();
        CountDownLatch stop = new CountDownLatch(1);
        new Sweeping(
                        () -> {
                            switch (times.incrementAndGet()) {
                                case 1 -> throw new IOException("a disk that hiccups");
                                case 2 -> throw new UncheckedIOException(new IOException("while a folder is listed"));
                                default -> stop.countDown();
                            }
                        },
                        stop,
                        Duration.ofMillis(1))
                .run();
        assertEquals(3, times.get());
    }
}
