package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.http.EventLoops;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLoopWatchTest {
    @TempDir
    Path folder = Path.of("replaced");

    @Test
    @SuppressWarnings("WaitNotInLoop") // It only has to wait.
    void whateverWaitsOnAnEventLoopIsSeenAndWhatWaitsElsewhereIsNot() throws Exception {
        assertWait("jdk.ThreadSleep", () -> {
            Thread.sleep(1);
            return 0;
        });
        assertWait("jdk.ThreadPark", () -> {
            LockSupport.parkNanos(1000);
            return 0;
        });
        assertWait("jdk.JavaMonitorWait", () -> {
            Object lock = new Object();
            synchronized (lock) {
                lock.wait(1);
            }
            return 0;
        });
        assertWait("jdk.ThreadPark", EventLoopWatchTest::takeAHeldLock);
        assertWait("jdk.FileForce", this::write);
        assertWait("jdk.FileWrite", this::write);
        assertWait("jdk.FileRead", () -> Files.readAllBytes(Files.writeString(folder.resolve("file"), "x")).length);
        assertEquals(List.of(), waits(() -> 0));
    }

    private void assertWait(String event, Callable<Integer> task) throws Exception {
        List<String> waits = waits(task);
        assertTrue(
                waits.stream().anyMatch(wait -> wait.startsWith(event) && wait.contains("EventLoopWatchTest")),
                event + " was not seen: " + waits);
    }

    /** On this thread too, where it is nobody's business. */
    private static List<String> waits(Callable<Integer> task) throws Exception {
        try (EventLoops loops = new EventLoops(1);
                EventLoopWatch watch = new EventLoopWatch()) {
            task.call();
            loops.group().next().submit(task).sync();
            return watch.stop();
        }
    }

    private static int takeAHeldLock() {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            lock.lock();
            try {
                held.countDown();
                LockSupport.parkNanos(50_000_000);
            } finally {
                lock.unlock();
            }
        });
        while (held.getCount() > 0) {
            Thread.onSpinWait(); // nothing that counts as waiting
        }
        lock.lock();
        try {
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private int write() throws Exception {
        try (FileChannel file =
                FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1));
            file.force(true);
            return 1;
        }
    }
}
