package io.darter.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs lines of bash, and says what they cost. */
final class Command {
    private static final int PATIENCE_MINUTES = 10;
    private static final double TICKS_PER_SECOND = 100;

    private Command() {}

    /** @param cpuSeconds of all processes of the line, user and system */
    record Cost(double seconds, double cpuSeconds, String output) {}

    /** Throws with the line's own words if it, or any part of a pipe in it, fails. */
    static Cost run(String line) throws IOException, InterruptedException {
        var output = Files.createTempFile("darter-bench-", ".out");
        try {
            var script = "set -o pipefail; TIMEFORMAT=$'\\n%3R %3U %3S'; time { " + line + "; }";
            var process = new ProcessBuilder("bash", "-c", script)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(line + " did not end within " + PATIENCE_MINUTES + " minutes");
            }
            var text = Files.readString(output, StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw new IOException(line + " ended with " + process.exitValue() + ": " + text);
            }
            var end = text.lastIndexOf('\n') + 1;
            var times = text.substring(end).split(" ");
            return new Cost(
                    Double.parseDouble(times[0]),
                    Double.parseDouble(times[1]) + Double.parseDouble(times[2]),
                    text.substring(0, end).strip());
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** What a living process and its children have used so far, user and system. */
    static double cpuSeconds(long pid) throws IOException {
        var ticks = ticks(pid);
        for (var child :
                ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).toList()) {
            ticks += ticks(child.pid());
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long ticks(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        // The name, in parentheses, may hold anything; the numbers follow it.
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
}
