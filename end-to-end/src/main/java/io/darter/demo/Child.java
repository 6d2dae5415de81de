package io.darter.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A process that we started, with its output in a file. Its standard input is a pipe from us and never written to: it
 * reaches its end when we end, however we end, and that tells the process to end too.
 */
public final class Child implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** @param name what people call it, for example "node 3" */
    public static Child start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new Child(name, builder.start(), log);
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Only of a process that has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    public boolean awaitExit(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends it at once and without warning, as kill -9 does. */
    public void kill() {
        process.destroyForcibly();
    }

    /** SIGTERM, then SIGKILL after five seconds, for the process and whatever it started itself. */
    @Override
    public void close() {
        stopAll(List.of(this));
    }

    /** Stops all of them at the same time, so that patience is spent once. */
    static void stopAll(List<Child> children) {
        var family = children.stream()
                .flatMap(child -> child.process.toHandle().descendants())
                .collect(Collectors.toList());
        children.forEach(child -> family.add(child.process.toHandle()));
        children.forEach(child -> child.process.destroy());
        // Not nanoTime: what is counted is patience with processes, not a measurement
        for (var left = STOP_PATIENCE.toMillis();
                left > 0 && family.stream().anyMatch(ProcessHandle::isAlive);
                left -= 20) {
            if (!pause(20)) {
                break;
            }
        }
        family.forEach(ProcessHandle::destroyForcibly);
        children.forEach(Child::reap);
    }

    private void reap() {
        try {
            process.waitFor(2, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false if interrupted */
    static boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public Path log() {
        return log;
    }

    /** The last lines of its output, indented, for an error message. */
    public String lastLines(int count) {
        try {
            var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size()).stream()
                    .map(line -> "    " + line)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return "    (its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }
}
