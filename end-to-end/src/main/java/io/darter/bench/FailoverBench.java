package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.DemoFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench failover [--agents N] [--mib N] [--fault NAME,..] [--json]}: something dies in the middle of a pull by all
 * nodes. A second content is begun by all of them while it is away, and a third, which one node holds already, by the
 * others. No runtime goes elsewhere: a pull through a mirror ends with the right bytes or has failed.
 */
public final class FailoverBench {
    private static final int ORIGIN_BYTES_PER_SECOND = 3 << 20;
    private static final int FAULT_PERCENT = 45;
    private static final long NEW_PULLS_AFTER_MILLIS = 1_000;
    private static final long PULLS_SECONDS_MAX = 120;
    private static final double ORIGIN_RATIO_MAX = 1.5;
    private static final Map<FailoverFault, Long> REPAIR_AFTER_MILLIS = Map.of(
            FailoverFault.SCHEDULER_KILLED, 6_000L,
            FailoverFault.SCHEDULER_STOPPED, 8_000L,
            FailoverFault.OWNER_STOPPED, 8_000L,
            FailoverFault.ALL_THREE_KILLED, 6_000L);

    private final Programs programs;
    private final int agents;
    private final int contentBytes;
    private final long seed;

    /** What came of one fault. */
    private record Row(
            FailoverFault fault,
            int agents,
            double percent,
            String proof,
            int pulls,
            List<String> failed,
            double originRatio,
            double seconds) {}

    private FailoverBench(Programs programs, int agents, int contentBytes, long seed) {
        this.programs = programs;
        this.agents = agents;
        this.contentBytes = contentBytes;
        this.seed = seed;
    }

    public static void main(String[] arguments) throws IOException, DemoFailure, InterruptedException {
        Arguments options = Arguments.known()
                .number("agents", 8)
                .number("mib", 24)
                .number("seed", 1)
                .text("fault")
                .parse(arguments);
        Optional<List<String>> only = options.text("fault")
                .map(names ->
                        List.of(names.replace('-', '_').toUpperCase(Locale.ROOT).split(",")));
        List<FailoverFault> faults = Arrays.stream(FailoverFault.values())
                .filter(fault -> !fault.calm())
                .filter(fault -> only.map(names -> names.contains(fault.name())).orElse(true))
                .toList();
        if (faults.isEmpty()) {
            System.err.println("There is no such fault; known are " + Arrays.toString(FailoverFault.values()));
            System.exit(2);
        }
        Programs programs = new Programs(
                System.getProperty("darter.agent.classpath", ""), System.getProperty("darter.server.classpath", ""));
        int contentBytes = options.number("mib") << 20;
        FailoverBench bench =
                new FailoverBench(programs, options.number("agents"), contentBytes, options.number("seed"));
        System.exit(bench.measure(faults, options.json()));
    }

    /** Where the programs are. */
    public record Programs(String agentClassPath, String serverClassPath) {}

    /** The short form: no scheduler ever comes back. Answers what went wrong with pulls, and with the origin. */
    public static List<String> withoutAScheduler(Programs programs, int agents, int contentBytes)
            throws IOException, DemoFailure, InterruptedException {
        Row row = new FailoverBench(programs, agents, contentBytes, 1).row(FailoverFault.ALL_REPLICAS_DOWN);
        List<String> wrong = new ArrayList<>(row.failed());
        if (row.originRatio() > ORIGIN_RATIO_MAX) {
            wrong.add("the origin sent " + row.originRatio() + " times the contents");
        }
        return wrong;
    }

    private int measure(List<FailoverFault> faults, boolean json)
            throws IOException, DemoFailure, InterruptedException {
        Map<Integer, Double> calmSeconds = new HashMap<>();
        List<Row> rows = new ArrayList<>();
        for (FailoverFault fault : faults) {
            if (!calmSeconds.containsKey(fault.replicas)) {
                FailoverFault calm = fault.replicas > 1 ? FailoverFault.NONE_OF_THREE : FailoverFault.NONE;
                calmSeconds.put(fault.replicas, row(calm).seconds());
            }
            rows.add(row(fault));
        }
        if (json) {
            List<Map<String, Object>> figures = rows.stream()
                    .map(row -> figures(row, contentBytes, calmSeconds.getOrDefault(row.fault().replicas, 0.0)))
                    .toList();
            System.out.println(JsonMapper.shared().writeValueAsString(Map.of("faults", figures)));
        }
        return rows.stream().allMatch(row -> row.failed().isEmpty() && row.originRatio() <= ORIGIN_RATIO_MAX) ? 0 : 1;
    }

    private static Map<String, Object> figures(Row row, int contentBytes, double calmSeconds) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("fault", row.fault().words);
        figures.put("agents", row.agents());
        figures.put("contentBytes", contentBytes);
        figures.put("faultAtPercent", Math.round(row.percent()));
        figures.put("faultProof", row.proof());
        figures.put("pulls", row.pulls());
        figures.put("failedPulls", row.failed().size());
        figures.put("originRatio", Figures.rounded(row.originRatio()));
        figures.put("extraSeconds", Figures.rounded(row.seconds() - calmSeconds));
        return figures;
    }

    private Row row(FailoverFault fault) throws IOException, DemoFailure, InterruptedException {
        System.err.println(fault.words + " ...");
        try (FailoverWorld world = new FailoverWorld(programs, agents, fault, ORIGIN_BYTES_PER_SECOND, seed)) {
            Row row = run(world, fault);
            System.err.printf(
                    Locale.ROOT,
                    "  at %.0f %%: %s; %d pulls, %d failed, origin %.3f, %.1f s%n",
                    row.percent(),
                    row.proof(),
                    row.pulls(),
                    row.failed().size(),
                    row.originRatio(),
                    row.seconds());
            row.failed().forEach(words -> System.err.println("  " + words));
            return row;
        }
    }

    private Row run(FailoverWorld world, FailoverFault fault) throws IOException, DemoFailure, InterruptedException {
        String running = world.blob(contentBytes);
        String begunWithout = world.blob(contentBytes);
        String held = world.blob(contentBytes);
        AgentProcess holder = world.nodes.getLast();
        String before = world.pull(holder, held).await(deadline());
        if (!before.isEmpty()) {
            throw new IOException("the pull before the fault failed: " + before);
        }
        long startNanos = System.nanoTime();
        List<FailoverPull> pulls = new ArrayList<>();
        world.nodes.forEach(node -> pulls.add(world.pull(node, running)));
        double percent = awaitPercent(pulls);
        String injected = world.inject(fault, holder);
        FutureTask<String> repair = new FutureTask<>(() -> {
            Thread.sleep(REPAIR_AFTER_MILLIS.getOrDefault(fault, 0L));
            return world.repair(fault);
        });
        Thread.ofVirtual().name("repair").start(repair);
        Thread.sleep(NEW_PULLS_AFTER_MILLIS);
        List<String> alive = world.nodes.stream().map(AgentProcess::name).toList();
        pulls.removeIf(pull -> !alive.contains(pull.node())); // its runtime died with it, or goes on by itself
        world.nodes.forEach(node -> pulls.add(world.pull(node, begunWithout)));
        world.nodes.stream().filter(node -> node != holder).forEach(node -> pulls.add(world.pull(node, held)));
        List<String> failed = new ArrayList<>();
        long deadline = deadline();
        for (FailoverPull pull : pulls) {
            String words = pull.await(deadline);
            if (!words.isEmpty()) {
                failed.add(pull.node() + ": " + words);
            }
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double ratio = world.origin.sentBytes() / (3.0 * contentBytes);
        String proof = injected + and(repaired(repair));
        return new Row(fault, agents, percent, proof, pulls.size(), failed, ratio, seconds);
    }

    private static String and(String words) {
        return words.isEmpty() ? "" : "; " + words;
    }

    private static String repaired(FutureTask<String> repair) throws IOException, InterruptedException {
        try {
            return repair.get();
        } catch (ExecutionException e) {
            throw new IOException("the repair failed", e.getCause());
        }
    }

    private double awaitPercent(List<FailoverPull> pulls) throws InterruptedException, IOException {
        long deadline = deadline();
        while (System.nanoTime() < deadline) {
            double percent =
                    100.0 * pulls.stream().mapToLong(FailoverPull::bytes).sum() / pulls.size() / contentBytes;
            if (percent >= FAULT_PERCENT) {
                return percent;
            }
            Thread.sleep(20);
        }
        throw new IOException("the pulls did not come to " + FAULT_PERCENT + " %");
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(PULLS_SECONDS_MAX);
    }
}
