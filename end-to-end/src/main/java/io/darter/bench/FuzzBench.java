package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench fuzz}: every decoder of bytes from network and disk, each in a process of its own, driven by Jazzer
 * towards branches that it has not reached. A decoder fails that throws what it does not declare, hangs, or allocates out
 * of proportion (the check is {@code io.darter.fuzz.Check}), and one that learns nothing beyond its examples.
 */
public final class FuzzBench {
    private static final double MINUTES = 10;

    private final Path work;
    private final FuzzPrograms programs;
    private final double minutes;
    private final boolean keep;
    private final Map<String, Object> figures = new TreeMap<>();
    private long executions;
    private long refused;
    private long leakedFiles;
    private int wrong;
    private int failures;

    private FuzzBench(Path root, double minutes, boolean keep) {
        this.work = root.resolve(".dev/fuzz");
        this.programs = new FuzzPrograms(root, work);
        this.minutes = minutes;
        this.keep = keep;
    }

    public static void main(String[] words) throws IOException, InterruptedException, ExecutionException {
        int processors = Runtime.getRuntime().availableProcessors();
        Arguments options = Arguments.known()
                .number("minutes", MINUTES)
                .number("jobs", processors)
                .text("target")
                .text("input")
                .flag("keep")
                .parse(words);
        FuzzBench bench = new FuzzBench(
                Path.of(System.getProperty("darter.root", "")), options.decimal("minutes"), options.given("keep"));
        Optional<String> only = options.text("target");
        Map<String, String> targets = bench.programs.targets();
        if (only.isPresent() && !targets.containsKey(only.get())) {
            System.err.println("There is no target " + only.get() + "; there are " + targets.keySet());
            System.exit(2);
        }
        if (options.given("input")) {
            String target = only.orElse("");
            System.exit(bench.programs.again(
                    targets.getOrDefault(target, ""),
                    target,
                    options.text("input").orElse("")));
        }
        only.ifPresent(target -> targets.keySet().retainAll(List.of(target)));
        bench.run(targets, Math.max(1, options.number("jobs")));
        System.exit(bench.report(options.json()));
    }

    private void run(Map<String, String> targets, int jobs)
            throws IOException, InterruptedException, ExecutionException {
        Files.createDirectories(work);
        System.err.printf("fuzz: %d targets, %s minutes each, %d at once%n", targets.size(), minutes, jobs);
        Map<String, Future<FuzzRun>> runs = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(jobs)) {
            targets.forEach((target, module) ->
                    runs.put(target, threads.submit(() -> FuzzRun.of(programs, module, target, minutes, keep))));
            for (Map.Entry<String, Future<FuzzRun>> each : runs.entrySet()) {
                took(each.getKey(), each.getValue().get());
            }
        }
    }

    private void took(String target, FuzzRun run) {
        FuzzLog log = run.log();
        executions += log.executions();
        refused += log.refused();
        leakedFiles += log.leftFiles();
        wrong += (int) log.findings().stream()
                .filter(finding -> finding.what().contains("AssertionError"))
                .count();
        int failed = run.failures();
        failures += failed;
        Map<String, Object> figure = new LinkedHashMap<>();
        figure.put("executions", log.executions());
        figure.put("seconds", run.seconds());
        figure.put("detected", log.refused());
        figure.put("corpus", log.corpus());
        figure.put("branches", log.branches());
        figure.put("branchesOfExamples", log.branchesAtFirst());
        figure.put("kept", run.kept());
        figure.put("failures", failed);
        figures.put(target, figure);
        System.out.printf(
                "%-20s %,12d executions in %4d s, %,11d refused, branches %4d to %4d, corpus %4d, %s%n",
                target,
                log.executions(),
                run.seconds(),
                log.refused(),
                log.branchesAtFirst(),
                log.branches(),
                log.corpus(),
                failed == 0 ? "nothing wrong" : "WRONG, ended with " + run.exit() + ", see " + run.file());
        for (FuzzLog.Finding finding : log.findings()) {
            System.out.println("  " + finding.what() + "\n  again: ./dev bench fuzz --target " + target + " --input "
                    + finding.input());
        }
    }

    private int report(boolean json) {
        System.out.printf(
                "%d targets, %,d executions, %,d refused, %d wrong%n", figures.size(), executions, refused, failures);
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("executions", executions);
            all.put("injected", executions);
            all.put("detected", refused);
            all.put("wrongBytes", wrong); // what a decoder made of its input was not so
            all.put("leakedFiles", leakedFiles);
            all.put("refetchedVerified", 0); // nothing is fetched
            all.put("failures", failures);
            all.put("minutesEach", minutes);
            all.put("targets", figures);
            System.out.println(JsonMapper.shared().writeValueAsString(all));
        }
        return failures > 0 || leakedFiles > 0 || executions == 0 ? 1 : 0;
    }
}
