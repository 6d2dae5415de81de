package io.darter.real;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Short commands with an end. */
final class Shell {
    private Shell() {}

    /** @param output standard output and error, mixed */
    record Done(int exitCode, String output, double seconds) {}

    /** Throws with the command's own words if it fails. */
    static String run(String... command) throws IOException, InterruptedException {
        var done = tryRun(Map.of(), 120, List.of(command));
        if (done.exitCode() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + done.exitCode() + ": " + done.output());
        }
        return done.output();
    }

    static Done tryRun(Map<String, String> environment, int seconds, List<String> command)
            throws IOException, InterruptedException {
        return tryRun(environment, seconds, command, "");
    }

    /** @param input for the command's standard input; secrets go this way and never into its words */
    static Done tryRun(Map<String, String> environment, int seconds, List<String> command, String input)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("darter-test-", ".out");
        var start = System.nanoTime();
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            var process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // It ended without reading; its exit code says more
            }
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not end within " + seconds + " s: "
                        + Files.readString(output));
            }
            return new Done(process.exitValue(), text(output), (System.nanoTime() - start) / 1e9);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static String text(java.nio.file.Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
