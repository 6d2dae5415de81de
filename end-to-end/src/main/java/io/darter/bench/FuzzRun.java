package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One decoder's time under Jazzer.
 *
 * @param kept inputs that are in the repository now
 */
record FuzzRun(FuzzLog log, int exit, long seconds, int kept, Path file) {
    /** Together some hundred KiB of all targets: small inputs say as much as large ones. */
    private static final int KEPT_FILE_BYTES_MAX = 2048;

    private static final int KEPT_BYTES_MAX = 12 << 10;
    private static final int KEPT_FILES_MAX = 32;
    /** Inputs that once went wrong; they stay whatever else is kept. */
    private static final String FOUND = "found-";

    int failures() {
        int worthless = log.executions() < 100 || log.branches() == 0 ? 1 : 0;
        return log.findings().size() + (exit != 0 && log.findings().isEmpty() ? 1 : worthless);
    }

    static FuzzRun of(FuzzPrograms programs, String module, String target, double minutes, boolean keep)
            throws IOException, InterruptedException {
        Path work = programs.work();
        Path corpus = Files.createDirectories(work.resolve("corpus").resolve(target));
        Path words = work.resolve(target + ".words");
        programs.replay(module, "words", target, words.toString());
        programs.replay(module, "examples", target, corpus.toString());
        Path kept = programs.kept(module, target);
        List<String> command = programs.jazzer(module, target);
        command.add("-max_total_time=" + Math.max(1, Math.round(minutes * 60)));
        if (Files.size(words) > 0) {
            command.add("-dict=" + words); // an empty one is refused
        }
        command.add(corpus.toString());
        if (Files.isDirectory(kept)) {
            command.add(kept.toString());
        }
        Path file = work.resolve(target + ".log");
        long began = System.nanoTime();
        int exit = programs.run(command, file, minutes);
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
        int count = keep ? keep(programs, module, target, corpus) : 0;
        return new FuzzRun(FuzzLog.of(file), exit, seconds, count, file);
    }

    /** Of the inputs that together reach everything reached (libFuzzer's merge), as many of all sizes as there is room for. */
    private static int keep(FuzzPrograms programs, String module, String target, Path corpus)
            throws IOException, InterruptedException {
        Path merged = programs.work().resolve("merged").resolve(target);
        Files.createDirectories(merged);
        empty(merged, "");
        List<String> command = programs.jazzer(module, target);
        command.addAll(List.of("-merge=1", "-max_len=" + KEPT_FILE_BYTES_MAX, merged.toString(), corpus.toString()));
        programs.run(command, programs.work().resolve(target + "-merge.log"), 1);
        List<byte[]> inputs = inputs(merged, corpus);
        Path kept = Files.createDirectories(programs.kept(module, target));
        empty(kept, FOUND);
        int all = inputs.stream().mapToInt(input -> input.length).sum();
        double share = Math.min(
                KEPT_FILES_MAX / (double) Math.max(KEPT_FILES_MAX, inputs.size()),
                KEPT_BYTES_MAX / (double) Math.max(KEPT_BYTES_MAX, all));
        double due = 0;
        int count = 0;
        for (byte[] input : inputs) {
            due += share;
            if (due >= 1) {
                due -= 1;
                Files.write(kept.resolve(String.format("%03d", count++)), input);
            }
        }
        return count;
    }

    /** Smallest first, without the target's own examples. */
    private static List<byte[]> inputs(Path merged, Path corpus) throws IOException {
        List<byte[]> examples = read(corpus, "example-");
        List<byte[]> inputs = new ArrayList<>(read(merged, ""));
        inputs.removeIf(input -> examples.stream().anyMatch(example -> Arrays.equals(example, input)));
        inputs.sort(Comparator.comparingInt((byte[] input) -> input.length).thenComparing(Arrays::compare));
        return inputs;
    }

    private static List<byte[]> read(Path folder, String prefix) throws IOException {
        List<byte[]> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith(prefix))
                    .toList()) {
                all.add(Files.readAllBytes(file));
            }
        }
        return all;
    }

    /** @param spared files whose names begin so; empty: none */
    private static void empty(Path folder, String spared) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (spared.isEmpty() || !file.getFileName().toString().startsWith(spared)) {
                    Files.delete(file);
                }
            }
        }
    }
}
