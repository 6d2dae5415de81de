package io.darter.bench;

import io.darter.demo.WorkFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench swarm}: one file to many nodes of a shaped network, by Darter and by others in turns. What counts is the
 * time of the last node ÷ the bound that no method can beat, and how often the content left the origin.
 */
public final class SwarmBench {
    /** Below that, a run measures the processors and not the method. */
    private static final double IDLE_PERCENT_MIN = 15;

    private static final String OURS = "darter";

    private final PrintStream out;
    private final SwarmShape shape;
    private final Path programs;
    private final Path folder;
    private final Path file;
    private final Map<String, List<SwarmRun.Result>> results = new LinkedHashMap<>();
    private int voids;
    private int failures;

    private SwarmBench(PrintStream out, SwarmShape shape, Path programs, Path folder)
            throws IOException, InterruptedException {
        this.out = out;
        this.shape = shape;
        this.programs = programs;
        this.folder = folder;
        this.file = Files.createDirectory(folder.resolve("files")).resolve("content");
        Command.run("head -c " + shape.sizeBytes() + " /dev/urandom > " + file);
    }

    public static void main(String[] words) throws Exception {
        var options = Arguments.known()
                .number("nodes", 20)
                .number("mib", 32)
                .number("origin-mbit", 50)
                .number("node-mbit", 25)
                .number("slow", 0)
                .number("stagger-ms", 0)
                .number("rounds", 3)
                .text("methods")
                .parse(words);
        var shape = new SwarmShape(
                options.number("nodes"),
                (long) options.number("mib") << 20,
                options.decimal("origin-mbit"),
                options.decimal("node-mbit"),
                options.number("slow"),
                options.number("stagger-ms"));
        var programs = Path.of(System.getProperty("darter.root")).resolve("bench/lab");
        var methods = List.of(
                options.text("methods").orElse("darter,aria2,libtorrent").split(","));
        for (var method : methods) {
            if (!method.matches("[a-z0-9]+") || !Files.isExecutable(programs.resolve(method))) {
                System.err.println("There is no method " + method + " in bench/lab");
                System.exit(2);
            }
        }
        try (var work = WorkFolder.create(Path.of("/dev/shm"))) {
            var bench = new SwarmBench(System.out, shape, programs, work.path());
            // In turns, so that what else happens on this machine meets all alike.
            for (var round = 1; round <= options.number("rounds"); round++) {
                for (var method : methods) {
                    bench.run(method, round);
                }
            }
            System.exit(bench.report(options.json()));
        }
    }

    private void run(String method, int round) throws IOException, InterruptedException {
        var own = folder.resolve(method + "-" + round);
        try (var run = new SwarmRun(shape, programs.resolve(method), file, own)) {
            var result = run.run();
            var isVoid = result.idlePercent() < IDLE_PERCENT_MIN;
            voids += isVoid ? 1 : 0;
            System.err.printf(
                    "round %d, %s: %.1f s (%.2f × the bound), origin %.3f ×, %.0f %% of the processors idle%s%n",
                    round,
                    method,
                    result.makespanSeconds(),
                    result.makespanSeconds() / shape.boundSeconds(),
                    result.originWire(),
                    result.idlePercent(),
                    isVoid ? ": void, the machine was busy" : "");
            if (!isVoid) {
                results.computeIfAbsent(method, _ -> new ArrayList<>()).add(result);
            }
        } catch (IOException e) {
            failures++;
            System.err.println("round " + round + ", " + method + " FAILED: " + e.getMessage());
        } finally {
            Command.run("rm -rf " + own);
        }
    }

    private int report(boolean json) {
        var methods = new LinkedHashMap<String, Object>();
        out.printf(
                "%d nodes, %d MiB, origin %s Mbit/s, node %s Mbit/s: no method can be faster than %.1f s%n",
                shape.nodes(), shape.sizeBytes() >> 20, shape.originMbit(), shape.nodeMbit(), shape.boundSeconds());
        results.forEach((method, runs) -> methods.put(method, figures(method, runs)));
        if (json) {
            var all = new LinkedHashMap<String, Object>();
            all.put("nodes", shape.nodes());
            all.put("contentBytes", shape.sizeBytes());
            all.put("boundSeconds", Figures.rounded(shape.boundSeconds()));
            all.put("voidRuns", voids);
            all.put("failures", failures);
            all.put("methods", methods);
            out.println(JsonMapper.shared().writeValueAsString(all));
        }
        return failures == 0 && results.containsKey(OURS) ? 0 : 1;
    }

    /** Medians over the runs that count. */
    private Map<String, Object> figures(String method, List<SwarmRun.Result> runs) {
        var makespan = Figures.median(
                runs.stream().map(SwarmRun.Result::makespanSeconds).toList());
        var origin =
                Figures.median(runs.stream().map(SwarmRun.Result::originWire).toList());
        var node = Figures.median(
                runs.stream().map(run -> Figures.median(run.nodeSeconds())).toList());
        var idle = runs.stream().mapToDouble(SwarmRun.Result::idlePercent).min().orElse(0);
        out.printf(
                "%-12s %6.1f s (%.2f × the bound), half of the nodes after %.1f s, origin %.3f ×, idle %.0f %%, %d runs%n",
                method, makespan, makespan / shape.boundSeconds(), node, origin, idle, runs.size());
        var figures = new LinkedHashMap<String, Object>();
        figures.put("ratio", Figures.rounded(makespan / shape.boundSeconds()));
        figures.put("originRatio", Figures.rounded(origin));
        figures.put("idleMin", Figures.rounded(idle));
        figures.put("makespanSeconds", Figures.rounded(makespan));
        figures.put("medianNodeSeconds", Figures.rounded(node));
        figures.put(
                "originBodyRatio",
                Figures.rounded(Figures.median(
                        runs.stream().map(SwarmRun.Result::originBody).toList())));
        figures.put("runs", runs.size());
        return figures;
    }
}
