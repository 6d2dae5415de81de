package io.darter.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One folder of a store and the processes that work on it, one after the other. */
final class CrashRound implements AutoCloseable {
    private static final long ROUND_SECONDS_MAX = 60;

    private final Path folder;
    private final long worldSeed;
    private final CrashWorld world;
    private final CrashModel model;
    private long round;
    private @Nullable Process present;
    private @Nullable BufferedReader lines;

    CrashRound(Path folder, long worldSeed, CrashModel model) {
        this.folder = folder;
        this.worldSeed = worldSeed;
        this.world = new CrashWorld(worldSeed);
        this.model = model;
    }

    /** Lets the process that {@link #restart} began work, and kills it at a moment that the random source names. */
    void runAndKill(Random random) throws IOException, InterruptedException {
        if (present == null) {
            restart();
        }
        // The moment: so many lines of a kind after which the thing they announce has begun, and a little later.
        String after = List.of("piece", "piece", "opened", "commit", "commit", "open", "remove", "open")
                .get(random.nextInt(8));
        int count = 1 + random.nextInt(after.equals("piece") ? 300 : 12);
        long delayNanos = random.nextInt(4) == 0 ? random.nextInt(20_000_000) : random.nextInt(600_000);
        Process process = Objects.requireNonNull(present);
        BufferedReader reader = Objects.requireNonNull(lines);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            model.hear(line);
            if (line.startsWith(after + " ") && --count == 0) {
                long end = System.nanoTime() + delayNanos;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                process.toHandle().destroyForcibly(); // not the process: that would also close what it said last
            }
        }
        process.waitFor(10, TimeUnit.SECONDS);
        present = null;
    }

    /** Starts a process on what there is and takes in what it offers; the number of files that belong to nothing. */
    int restart() throws IOException, InterruptedException {
        if (present != null) {
            return 0;
        }
        model.begin();
        Files.createDirectories(folder);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "io.darter.bench.CrashChild",
                folder.toString(),
                Long.toString(worldSeed),
                Long.toString(worldSeed * 31 + round++));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(folder.resolveSibling("child.log").toFile());
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("java.class.path") + ":" + System.getProperty("darter.agent.classpath"));
        Process process = builder.start();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        present = process;
        lines = reader;
        Thread.ofVirtual().start(() -> killIfStuck(process));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            model.hear(line);
            if (line.equals("checked")) {
                return leaked();
            }
        }
        present = null;
        return 0;
    }

    @Override
    public void close() {
        Process last = present;
        if (last != null) {
            present = null;
            last.destroyForcibly();
            last.onExit().join();
        }
    }

    private static void killIfStuck(Process process) {
        try {
            if (!process.waitFor(ROUND_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
        }
    }

    /** The process works on meanwhile: only a name that belongs to no content at all, or lies beside the store, is a leak. */
    private int leaked() throws IOException {
        int leaked = 0;
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                boolean known = world.contents().stream()
                        .anyMatch(content -> name.equals(content.key() + ".journal")
                                || name.equals(content.key() + ".part")
                                || name.equals(content.key() + ".data"));
                leaked += known ? 0 : 1;
            }
        }
        return leaked;
    }

    /** Damages what nobody had made durable: the tail of a journal, a stretch of an unfinished content. */
    int tear(Random random) throws IOException {
        List<CrashWorld.Content> unfinished = new ArrayList<>();
        for (CrashWorld.Content content : world.contents()) {
            if (Files.exists(folder.resolve(content.key() + ".part"))) {
                unfinished.add(content);
            }
        }
        if (unfinished.isEmpty()) {
            return 0;
        }
        CrashWorld.Content content = unfinished.get(random.nextInt(unfinished.size()));
        Path journal = folder.resolve(content.key() + ".journal");
        Path part = folder.resolve(content.key() + ".part");
        model.damaged(content.index());
        boolean inJournal = random.nextBoolean() && Files.exists(journal);
        try (RandomAccessFile file = new RandomAccessFile((inJournal ? journal : part).toFile(), "rw")) {
            long length = file.length();
            long tail = Math.max(1, inJournal ? Math.min(length, 200) : length);
            long from = Math.max(0, length - 1 - random.nextLong(tail));
            switch (random.nextInt(3)) {
                case 0 -> file.setLength(from);
                case 1 -> {
                    byte[] noise = new byte[random.nextInt(300) + 1];
                    random.nextBytes(noise);
                    file.seek(from);
                    file.write(noise);
                }
                default -> {
                    file.seek(from);
                    file.write(new byte[(int) Math.min(100_000, length - from)]);
                }
            }
        }
        return 1;
    }
}
