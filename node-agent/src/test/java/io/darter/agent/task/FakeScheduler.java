package io.darter.agent.task;

import io.darter.agent.schedulerlink.Neighbours;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.schedulerlink.Wanted;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Records what downloads say, and lets a test wait for it. */
final class FakeScheduler implements SchedulerDesk {
    volatile boolean linked = true;
    volatile boolean silent;
    volatile Neighbours neighbours = new Neighbours(Optional.empty(), List.of());
    private final List<String> said = new ArrayList<>();
    private volatile Consumer<Wanted> onWant = wanted -> {};

    void onWant(Consumer<Wanted> action) {
        onWant = action;
    }

    synchronized List<String> said() {
        return List.copyOf(said);
    }

    /** Waits for a message, 20 s at most. */
    synchronized String await(Predicate<String> what) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            for (String message : said) {
                if (what.test(message)) {
                    return message;
                }
            }
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new AssertionError("not said, but: " + said);
            }
            wait(leftMillis);
        }
    }

    private synchronized void say(String message) {
        said.add(message);
        notifyAll();
    }

    @Override
    public boolean linked() {
        return linked;
    }

    @Override
    public boolean silent() {
        return linked && silent;
    }

    @Override
    public Neighbours neighbours() {
        return neighbours;
    }

    @Override
    public void want(Wanted wanted) {
        if (linked) {
            onWant.accept(wanted);
            say("want held=" + wanted.held().map(held -> held.pieces().count()).orElse(0) + " assist="
                    + wanted.assist()
                    + (wanted.fetching().isEmpty() ? "" : " fetching=" + wanted.fetching()));
        }
    }

    @Override
    public void verified(ContentKey key, long leaseId, PieceRun run, long tookMicros, byte[] digests) {
        say("verified " + leaseId + " " + run.first() + "+" + run.count() + " digests=" + digests.length / 32);
    }

    @Override
    public void leaseFailed(ContentKey key, long leaseId, FailureReason reason, String detail, int originStatus) {
        say("failed " + leaseId + " " + reason + " " + originStatus);
    }

    @Override
    public void readerMoved(ContentKey key, int piece) {
        say("reader " + piece);
    }

    @Override
    public void released(ContentKey key) {
        say("released");
    }

    @Override
    public void delivered(ContentKey key, long bytes) {
        say("delivered " + bytes);
    }
}
