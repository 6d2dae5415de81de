package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of all processors was idle, in percent, since it began. A distribution that keeps them busy measures the machine
 * and not the method.
 */
final class IdleWatch {
    private static final Path STAT = Path.of("/proc/stat");

    private final long[] first = read();

    IdleWatch() throws IOException {}

    double idlePercent() throws IOException {
        var now = read();
        return 100.0 * (now[0] - first[0]) / Math.max(1, now[1] - first[1]);
    }

    /** Idle ticks (waiting for disks included) and all ticks. */
    private static long[] read() throws IOException {
        try (var lines = Files.lines(STAT)) {
            var words = lines.findFirst().orElseThrow().trim().split("\\s+");
            long all = 0;
            for (var i = 1; i <= 8; i++) {
                all += Long.parseLong(words[i]);
            }
            return new long[] {Long.parseLong(words[4]) + Long.parseLong(words[5]), all};
        }
    }
}
