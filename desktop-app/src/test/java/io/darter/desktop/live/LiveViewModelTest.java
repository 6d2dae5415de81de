package io.darter.desktop.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.desktop.FakeCluster;
import io.darter.operator.NodeView;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javafx.collections.ListChangeListener;
import org.junit.jupiter.api.Test;

class LiveViewModelTest {
    private static final InstantSource CLOCK = InstantSource.fixed(FakeCluster.NOW);

    private final FakeCluster cluster = new FakeCluster().busy();
    private final LiveViewModel model = new LiveViewModel(CLOCK, Runnable::run);

    @Test
    void onlyTheRowThatChangedIsReplaced() {
        model.fetched(Snapshot.fetch(cluster, FakeCluster.NOW));
        NodeView untouched = model.nodes().getFirst();
        List<Integer> changed = new ArrayList<>();
        model.nodes().addListener((ListChangeListener<NodeView>) change -> {
            while (change.next()) {
                changed.add(change.getFrom());
            }
        });
        cluster.nodes.set(3, FakeCluster.node("worker-3", "node", "online", 1));
        model.fetched(Snapshot.fetch(cluster, FakeCluster.NOW));
        assertEquals(List.of(3), changed);
        assertSame(untouched, model.nodes().getFirst());
    }

    @Test
    void afterAFailureTheOldRowsStayWithTheirTime() {
        model.fetched(Snapshot.fetch(cluster, FakeCluster.NOW));
        model.failed(new IllegalStateException("gone"), Duration.ofSeconds(8));
        assertEquals(
                new LinkState.Lost(FakeCluster.NOW.plusSeconds(8)), model.link().get());
        assertEquals(6, model.nodes().size());
        assertEquals(FakeCluster.NOW, model.dataOf().get());
    }

    @Test
    void waitingGrowsToHalfAMinuteAndNeverBeyond() {
        Random random = new Random(1);
        for (int failures = 0; failures < 40; failures++) {
            Duration wait = Refresher.backOff(failures, random);
            assertTrue(wait.compareTo(Refresher.WAIT_MAX) <= 0, wait.toString());
            assertTrue(wait.toMillis() >= 800, wait.toString());
        }
    }

    @Test
    void retryNowEndsTheWait() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        cluster.failure = FakeCluster.DATABASE_DOWN;
        try (Refresher refresher = new Refresher(cluster, CLOCK, new Random(1), new Listener(heard))) {
            refresher.start();
            assertEquals("failed", heard.poll(20, TimeUnit.SECONDS));
            cluster.failure = null;
            refresher.retryNow();
            assertEquals("trying", heard.poll(20, TimeUnit.SECONDS));
            assertEquals("fetched", heard.poll(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void beforeTheFirstAnswerItIsLoading() {
        assertInstanceOf(LinkState.Loading.class, model.link().get());
    }

    private record Listener(BlockingQueue<String> heard) implements Refresher.Listener {
        @Override
        public void fetched(Snapshot snapshot) {
            heard.add("fetched");
        }

        @Override
        public void failed(RuntimeException cause, Duration wait) {
            heard.add("failed");
        }

        @Override
        public void trying() {
            heard.add("trying");
        }
    }
}
