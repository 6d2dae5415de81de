package io.darter.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.operator.NodeView;
import io.darter.operator.OperatorApi;
import io.darter.operator.Page;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LiveStateTest {
    private static final InstantSource CLOCK = InstantSource.fixed(FakeCluster.NOW);

    private final FakeCluster cluster = new FakeCluster().busy();
    private final LiveState live = new LiveState(cluster, Duration.ZERO, CLOCK);
    private final List<Live<Page<NodeView>>> seen = new ArrayList<>();

    @Test
    void anyNumberOfWatchersCostOneFetch() {
        for (int page = 0; page < 20; page++) {
            live.watch(new Topic.Nodes(), seen::add);
        }
        live.poll();
        assertEquals(List.of("nodes"), cluster.calls);
        assertEquals(20, seen.size());
    }

    @Test
    void eachLoginIsShownWhatItselfMaySee() {
        FakeCluster[] who = {cluster, new FakeCluster()};
        AtomicInteger turn = new AtomicInteger();
        OperatorApi shared = (OperatorApi) Proxy.newProxyInstance(
                OperatorApi.class.getClassLoader(),
                new Class<?>[] {OperatorApi.class},
                (_, method, _) -> method.getName().equals("asCaller") ? who[turn.get()] : method.toString());
        try (LiveState many = new LiveState(shared, Duration.ZERO, CLOCK)) {
            many.watch(new Topic.Nodes(), seen::add);
            turn.set(1);
            List<Live<Page<NodeView>>> other = new ArrayList<>();
            many.watch(new Topic.Nodes(), other::add);
            many.poll();
            assertEquals(6, Objects.requireNonNull(seen.getLast().value()).total());
            assertEquals(0, Objects.requireNonNull(other.getLast().value()).total());
        }
    }

    @Test
    void nothingIsFetchedWhenNobodyWatches() {
        Runnable unwatch = live.watch(new Topic.Nodes(), seen::add);
        unwatch.run();
        live.poll();
        assertEquals(List.of(), cluster.calls);
    }

    @Test
    void aLateWatcherGetsTheKnownValueAtOnce() {
        live.watch(new Topic.Nodes(), seen::add);
        live.poll();
        live.watch(new Topic.Nodes(), seen::add);
        assertEquals(2, seen.size());
        assertEquals(List.of("nodes"), cluster.calls);
    }

    @Test
    void aFailureKeepsTheOldValueWithItsTime() {
        live.watch(new Topic.Nodes(), seen::add);
        live.poll();
        cluster.failure = FakeCluster.DATABASE_DOWN;
        live.poll();
        Live<Page<NodeView>> last = seen.getLast();
        assertEquals(FakeCluster.DATABASE_DOWN, last.problem());
        assertEquals(FakeCluster.NOW, last.fetchedAt());
        assertNotNull(last.value());
        cluster.failure = null;
        live.poll();
        assertNull(seen.getLast().problem());
    }

    @Test
    void thePollerFetchesByItselfAndEndsWithItsLastWatcher() throws InterruptedException {
        try (LiveState running = new LiveState(cluster, Duration.ofMillis(20), CLOCK)) {
            CountDownLatch three = new CountDownLatch(3);
            Runnable unwatch = running.watch(new Topic.Tasks(), _ -> three.countDown());
            assertTrue(three.await(20, TimeUnit.SECONDS));
            unwatch.run();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (running.polling() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertTrue(!running.polling());
        }
    }
}
