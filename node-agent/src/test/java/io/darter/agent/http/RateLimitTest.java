package io.darter.agent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RateLimitTest {
    private static final int RATE = 8_000_000;

    @Test
    void theRateHoldsAndCanBeChanged() throws Exception {
        RateLimit limit = new RateLimit(RATE, System::nanoTime);
        long since = System.nanoTime();
        take(limit, 4_000_000);
        double seconds = (System.nanoTime() - since) / 1e9;
        assertTrue(seconds >= 0.4, "4 MB at 8 MB/s took " + seconds + " s");
        limit.set(0);
        assertFalse(limit.limited());
        since = System.nanoTime();
        take(limit, 100_000_000);
        assertTrue(System.nanoTime() - since < 400_000_000, "unlimited now");
    }

    private static void take(RateLimit limit, int bytes) throws InterruptedException {
        for (int left = bytes; left > 0; ) {
            int chunk = limit.chunkBytes(Math.min(left, 128 << 10));
            limit.acquire(chunk);
            left -= chunk;
        }
    }

    @Test
    void twoChildrenOfASaturatedParentGetEqualShares() throws Exception {
        try (EventLoops loops = new EventLoops(1);
                HttpServer server = server(loops, new RateLimit(RATE, System::nanoTime))) {
            int port = server.start();
            List<AtomicLong> received = new ArrayList<>();
            CountDownLatch both = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                AtomicLong bytes = new AtomicLong();
                received.add(bytes);
                Thread.ofVirtual().start(() -> read(port, bytes, both));
            }
            both.await();
            long first = received.get(0).get();
            long second = received.get(1).get();
            TimeUnit.MILLISECONDS.sleep(1500);
            double one = received.get(0).get() - first;
            double other = received.get(1).get() - second;
            double share = one / (one + other);
            assertTrue(share > 0.42 && share < 0.58, "shares of " + one + " and " + other);
            assertTrue(one + other < RATE * 1.5 * 1.25 + 1_000_000, "the rate does not hold: " + (one + other));
        }
    }

    @Test
    void whoIsReceivingGetsAllOfItBeforeTheServerIsGone() throws Exception {
        try (EventLoops loops = new EventLoops(1)) {
            HttpServer server = server(loops, new RateLimit(20_000_000, System::nanoTime));
            int port = server.start();
            AtomicLong bytes = new AtomicLong();
            CountDownLatch begun = new CountDownLatch(1);
            Thread reader = Thread.ofVirtual().start(() -> read(port, bytes, begun));
            begun.await();
            assertEquals(1, server.running());
            assertFalse(server.drain(Duration.ofMillis(40)), "it has a second of work");
            assertTrue(server.drain(Duration.ofSeconds(20)));
            server.close();
            assertTrue(reader.join(Duration.ofSeconds(20)));
            assertEquals(BODY_BYTES, bytes.get());
        }
    }

    private static final int BODY_BYTES = 24_000_000;

    private static HttpServer server(EventLoops loops, RateLimit upload) {
        HttpServerSettings settings =
                HttpServerSettings.of(new Endpoint.Tcp("port", "127.0.0.1", 0)).withUpload(upload);
        return new HttpServer("test", loops, settings, exchange -> {
            exchange.start(200, Map.of(), BODY_BYTES);
            ByteBuffer chunk = ByteBuffer.allocate(1_000_000);
            for (int sent = 0; sent < BODY_BYTES; sent += chunk.capacity()) {
                exchange.write(chunk.clear());
            }
        });
    }

    /** Counts the bytes of the body. */
    private static void read(int port, AtomicLong bytes, CountDownLatch begun) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream input = socket.getInputStream();
            int line = 0;
            while (line < 2) {
                int c = input.read();
                line = c == '\n' ? line + 1 : c == '\r' ? line : 0;
            }
            byte[] buffer = new byte[64 << 10];
            for (int count = input.read(buffer); count > 0; count = input.read(buffer)) {
                bytes.addAndGet(count);
                begun.countDown();
                if (bytes.get() == BODY_BYTES) {
                    return;
                }
            }
        } catch (java.io.IOException e) {
            // The test looks at what came.
        }
    }
}
