package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./dev bench fuzz}: every decoder of bytes from network and disk, each in a process of its own, driven by Jazzer
 * towards branches that it has not reached. A decoder fails that throws what it does not declare, hangs, or allocates out
 * of proportion (the check is {@code io.darter.fuzz.Check}).
 */
public final class FuzzBench {
    private static final List<String> MODULES = List.of("node-agent", "appliance-server");
    private static final double MINUTES = 10;
    private static final int KEPT_BYTES_MAX = 4096;
    private static final int KEPT_FILES_MAX = 30;

    private final Path root = Path.of(System.getProperty("darter.root", ""));
    private final Path work = root.resolve(".dev/fuzz");
    private final double minutes;
    private final boolean keep;
    private long executions;
    private long refused;
    private int failures;
    private final Map<String, Object> figures = new LinkedHashMap<>();

    private FuzzBench(double minutes, boolean keep) {
        this.minutes = minutes;
        this.keep = keep;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options = Options.of(arguments);
        FuzzBench bench = new FuzzBench(options.number("--minutes", MINUTES), options.given("--keep"));
        Optional<String> input = options.text("--input");
        if (input.isPresent()) {
            System.exit(bench.replay(options.text("--target").orElse(""), input.get()));
        }
        System.exit(bench.run(options.text("--target"), options.given("--json")));
    }

    private int replay(String target, String input) throws IOException, InterruptedException {
        for (Map.Entry<String, String> known : targets().entrySet()) {
            if (known.getKey().equals(target)) {
                return new ProcessBuilder(
                                java(known.getValue(), List.of("io.darter.fuzz.Replay", "run", target, input)))
                        .inheritIO()
                        .start()
                        .waitFor();
            }
        }
        System.err.println("There is no target " + target);
        return 2;
    }

    private int run(Optional<String> only, boolean json) throws IOException, InterruptedException {
        for (Map.Entry<String, String> target : targets().entrySet()) {
            if (only.isEmpty() || only.get().equals(target.getKey())) {
                fuzz(target.getKey(), target.getValue());
            }
        }
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("executions", executions);
            all.put("injected", executions);
            all.put("detected", refused);
            all.put("failures", failures);
            all.put("minutesEach", minutes);
            all.put("targets", figures);
            System.out.println(JsonMapper.shared().writeValueAsString(all));
        }
        return failures > 0 || executions == 0 ? 1 : 0;
    }

    /** Each with its module. */
    private Map<String, String> targets() throws IOException, InterruptedException {
        Map<String, String> targets = new LinkedHashMap<>();
        for (String module : MODULES) {
            Process list = new ProcessBuilder(java(module, List.of("io.darter.fuzz.Replay", "list")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            list.inputReader().lines().forEach(name -> targets.put(name, module));
            list.waitFor();
        }
        return targets;
    }

    private void fuzz(String target, String module) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(work.resolve("corpus").resolve(target));
        Path words = work.resolve(target + ".words");
        call(module, "words", target, words.toString());
        call(module, "examples", target, corpus.toString());
        Path kept = root.resolve(module).resolve("src/test/resources/fuzz").resolve(target);
        Path log = work.resolve(target + ".log");
        List<String> command = jazzer(module, target);
        command.add("-max_total_time=" + Math.max(1, Math.round(minutes * 60)));
        command.add("-dict=" + words);
        command.add(corpus.toString());
        if (Files.isDirectory(kept)) {
            command.add(kept.toString());
        }
        int exit = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        FuzzLog read = FuzzLog.of(log);
        executions += read.executions();
        refused += read.refused();
        failures += read.findings().size() + (exit != 0 && read.findings().isEmpty() ? 1 : 0);
        figures.put(
                target,
                Map.of(
                        "executions", read.executions(),
                        "detected", read.refused(),
                        "branches", read.branches(),
                        "failures", read.findings().size()));
        System.out.printf(
                "%-18s %,12d executions, %,10d refused, %5d branches, %s%n",
                target,
                read.executions(),
                read.refused(),
                read.branches(),
                read.findings().isEmpty()
                        ? exit == 0 ? "nothing wrong" : "ended with " + exit + ", see " + log
                        : "WRONG");
        for (FuzzLog.Finding finding : read.findings()) {
            System.out.println("  " + finding.what() + "\n  again: ./dev bench fuzz --target " + target + " --input "
                    + finding.input());
        }
        if (keep) {
            keep(module, target, corpus, kept);
        }
    }

    private List<String> jazzer(String module, String target) {
        List<String> command = java(module, List.of("com.code_intelligence.jazzer.Jazzer"));
        command.add(1, "-Ddarter.fuzz.target=" + target);
        command.add("--target_class=io.darter.fuzz.JazzerEntry");
        command.add("--instrumentation_includes=io.darter.**");
        command.add("--instrumentation_excludes=io.darter.fuzz.**:io.darter.link.v1.**");
        // Our own checks say what is wrong; its sanitizers would call every file that the store opens a finding.
        command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.**");
        command.add("--reproducer_path=" + work);
        command.add("-artifact_prefix=" + work + "/" + target + "-");
        command.add("-max_len=8192");
        command.add("-timeout=30");
        command.add("-rss_limit_mb=3000");
        command.add("-print_final_stats=1");
        return command;
    }

    /** The smallest inputs that together reach every branch reached. */
    private void keep(String module, String target, Path corpus, Path kept) throws IOException, InterruptedException {
        Path merged = work.resolve("merged").resolve(target);
        empty(merged);
        Files.createDirectories(merged);
        List<String> command = jazzer(module, target);
        command.addAll(List.of("-merge=1", "-max_len=" + KEPT_BYTES_MAX, merged.toString(), corpus.toString()));
        new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve(target + "-merge.log").toFile())
                .start()
                .waitFor();
        empty(kept);
        Files.createDirectories(kept);
        try (Stream<Path> files = Files.list(merged)) {
            for (Path file : files.sorted(Comparator.comparingLong(
                                    (Path file) -> file.toFile().length())
                            .thenComparing(path -> path))
                    .limit(KEPT_FILES_MAX)
                    .toList()) {
                Files.copy(file, kept.resolve(file.getFileName().toString().substring(0, 12)));
            }
        }
    }

    private static void empty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private void call(String module, String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("io.darter.fuzz.Replay"));
        words.addAll(List.of(arguments));
        new ProcessBuilder(java(module, words)).inheritIO().start().waitFor();
    }

    private List<String> java(String module, List<String> words) {
        Path target = root.resolve(module).resolve("target");
        String classPath = String.join(
                ":",
                target.resolve("classes").toString(),
                target.resolve("test-classes").toString(),
                target.resolve("lib") + "/*",
                root.resolve("fuzzing/target/classes").toString(),
                root.resolve("fuzzing/target/lib") + "/*",
                root.resolve(".dev/fuzz-lib") + "/*");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-Dio.netty.jfr.enabled=false",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath));
        command.addAll(words);
        return command;
    }
}
