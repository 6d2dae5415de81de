package io.darter.bench;

import java.lang.ref.Reference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./dev bench scheduler}: see the script. */
public final class SchedulerBench {
    private static final double MICROS_PER_SECOND = 1e6;

    private SchedulerBench() {}

    public static void main(String[] words) throws RunnerException {
        Arguments arguments = Arguments.known()
                .number("nodes", 10_000)
                .number("pieces", 512)
                .number("seconds", 1)
                .number("iterations", 8)
                .number("forks", 1)
                .parse(words);
        int nodes = arguments.number("nodes");
        int pieces = arguments.number("pieces");
        System.err.println(
                "The core alone, one thread: " + nodes + " peers that hold half of " + pieces
                        + " pieces at random and want the rest; the oldest lease is reported, and what the core answers is granted.");
        long bytesPerPeer = bytesPerPeer(nodes, pieces);
        System.err.println("A peer with its leases: " + bytesPerPeer + " bytes of heap (at most 1024).");
        Result<?> rate = run(arguments, Mode.Throughput, nodes, pieces).getPrimaryResult();
        Result<?> time = run(arguments, Mode.SampleTime, nodes, pieces).getPrimaryResult();
        double leasesPerSecond = rate.getScore();
        double p99Micros = time.getStatistics().getPercentile(99) * MICROS_PER_SECOND;
        double worstMicros = time.getStatistics().getMax() * MICROS_PER_SECOND;
        System.err.printf(
                "%,.0f leases a second (at least 200,000); an answer in the slowest hundredth takes %.1f µs (at most 1,000), the slowest %.0f µs.%n",
                leasesPerSecond, p99Micros, worstMicros);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("leasesPerSecond", Math.round(leasesPerSecond));
        figures.put("batchP99Micros", Figures.rounded(p99Micros));
        figures.put("bytesPerPeer", bytesPerPeer);
        figures.put("batchMaxMicros", Math.round(worstMicros));
        figures.put("nodes", nodes);
        figures.put("pieces", pieces);
        System.out.println(arguments.json() ? JsonMapper.shared().writeValueAsString(figures) : figures.toString());
    }

    private static RunResult run(Arguments arguments, Mode mode, int nodes, int pieces) throws RunnerException {
        System.err.println("Measuring with JMH (" + mode.longLabel() + "), " + arguments.number("iterations")
                + " times " + arguments.number("seconds") + " s after as many to warm up");
        TimeValue time = TimeValue.seconds(arguments.number("seconds"));
        return new Runner(new OptionsBuilder()
                        .include("^" + SchedulerLeases.class.getName().replace(".", "\\.") + "\\.lease$")
                        .mode(mode)
                        .param("nodes", "" + nodes)
                        .param("pieces", "" + pieces)
                        .forks(arguments.number("forks"))
                        .threads(1)
                        .warmupIterations(arguments.number("iterations"))
                        .warmupTime(time)
                        .measurementIterations(arguments.number("iterations"))
                        .measurementTime(time)
                        .timeUnit(TimeUnit.SECONDS)
                        .jvmArgs("-Xmx1g", "-Xms1g", "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow")
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle();
    }

    /** Half of the content held by each at random, as many leases granted as the policy allows. */
    private static long bytesPerPeer(int nodes, int pieces) {
        new SchedulerWorld(2, 2, 1).complete(); // the classes and their archives are read first
        long before = usedBytes();
        SchedulerWorld world = new SchedulerWorld(nodes, pieces, 1);
        try {
            System.err.println(world.openLeases() + " leases are under way.");
            world.forgetWhatIsOutsideTheCore();
            return (usedBytes() - before) / nodes;
        } finally {
            Reference.reachabilityFence(world);
        }
    }

    /** Allocates nothing after the collection: the first object would count as a whole thread-local buffer. */
    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
