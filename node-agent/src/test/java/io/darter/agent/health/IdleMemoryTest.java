package io.darter.agent.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdleMemoryTest {
    @Test
    void memoryIsGivenBackOnceAfterEachTimeOfWork() throws Exception {
        AtomicLong moved = new AtomicLong();
        Semaphore givenBack = new Semaphore(0);
        try (IdleMemory idle = new IdleMemory(moved::get, givenBack::release, 10)) {
            idle.start();
            assertTrue(givenBack.tryAcquire(10, TimeUnit.SECONDS));
            assertEquals(0, givenBack.availablePermits());
            moved.incrementAndGet();
            assertTrue(givenBack.tryAcquire(10, TimeUnit.SECONDS));
        }
    }
}
