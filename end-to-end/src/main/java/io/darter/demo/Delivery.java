package io.darter.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/** All nodes ask for the content at the same moment; each outcome is kept with its time. */
final class Delivery {
    /** A node that receives nothing for so long is given up. */
    private static final Duration STILL_MAX = Duration.ofSeconds(90);

    private final LongSupplier nanoTime;

    Delivery(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What became of one node. */
    sealed interface Outcome {
        record Delivered(AgentProcess agent, List<Fetch.ReceivedFile> files, double seconds) implements Outcome {}

        record Failed(AgentProcess agent, DemoFailure failure) implements Outcome {}
    }

    /** @param seconds first request to last byte */
    record Result(List<Outcome> outcomes, double seconds) {
        List<Outcome.Delivered> delivered() {
            return outcomes.stream()
                    .filter(Outcome.Delivered.class::isInstance)
                    .map(Outcome.Delivered.class::cast)
                    .toList();
        }

        List<Outcome.Failed> failed() {
            return outcomes.stream()
                    .filter(Outcome.Failed.class::isInstance)
                    .map(Outcome.Failed.class::cast)
                    .toList();
        }
    }

    /** @param folder one folder for each node is made in it */
    Result run(List<AgentProcess> agents, Fetch fetch, Path folder, Progress progress)
            throws IOException, InterruptedException {
        var meters = agents.stream().map(_ -> new Meter(nanoTime)).toList();
        var folders = new ArrayList<Path>();
        for (var agent : agents) {
            folders.add(Files.createDirectories(folder.resolve(agent.folder().getFileName())));
        }
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<Outcome>>();
            var startNanos = nanoTime.getAsLong();
            for (var i = 0; i < agents.size(); i++) {
                var agent = agents.get(i);
                var meter = meters.get(i);
                var target = folders.get(i);
                running.add(threads.submit(() -> {
                    start.await();
                    return one(agent, fetch, target, meter, startNanos);
                }));
            }
            start.countDown();
            watch(running, meters, progress);
            var outcomes = new ArrayList<Outcome>();
            for (var i = 0; i < agents.size(); i++) {
                outcomes.add(outcome(agents.get(i), running.get(i)));
            }
            var seconds = outcomes.stream()
                    .mapToDouble(outcome -> outcome instanceof Outcome.Delivered one ? one.seconds() : 0)
                    .max()
                    .orElse(0);
            return new Result(outcomes, seconds);
        }
    }

    private Outcome one(AgentProcess agent, Fetch fetch, Path folder, Meter meter, long startNanos)
            throws InterruptedException {
        try {
            var files = fetch.fetch(agent, folder, meter);
            return new Outcome.Delivered(agent, files, (nanoTime.getAsLong() - startNanos) / 1e9);
        } catch (DemoFailure e) {
            return new Outcome.Failed(agent, e);
        } catch (IOException e) {
            return new Outcome.Failed(
                    agent,
                    new DemoFailure(
                            DemoFailure.ORIGIN,
                            "AGENT_UNREACHABLE",
                            "Receiving through " + agent.name(),
                            e + (agent.child().alive() ? "" : "; the agent has ended") + lastWords(agent),
                            "Start again with --keep to look into it",
                            e));
        }
    }

    private static void watch(List<Future<Outcome>> running, List<Meter> meters, Progress progress)
            throws InterruptedException {
        while (!running.stream().allMatch(Future::isDone)) {
            progress.show(meters);
            Thread.sleep(20);
            for (var i = 0; i < running.size(); i++) {
                if (!running.get(i).isDone() && meters.get(i).stillForNanos() > STILL_MAX.toNanos()) {
                    running.get(i).cancel(true);
                }
            }
        }
        progress.show(meters);
    }

    private static Outcome outcome(AgentProcess agent, Future<Outcome> future) throws InterruptedException {
        try {
            if (!future.isCancelled()) {
                return future.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return new Outcome.Failed(
                agent,
                new DemoFailure(
                        DemoFailure.TIMEOUT,
                        "TIMEOUT",
                        "Receiving through " + agent.name(),
                        "nothing arrived for " + STILL_MAX.toSeconds() + " s" + lastWords(agent),
                        "Start again with --keep to look into it"));
    }

    /** The log goes away with the work folder, so its end is part of the message. */
    private static String lastWords(AgentProcess agent) {
        return "; its last words were\n" + agent.child().lastLines(8) + "\n ";
    }
}
