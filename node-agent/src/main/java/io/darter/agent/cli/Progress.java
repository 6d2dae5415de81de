package io.darter.agent.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Objects;

/** A bar on stderr, where that is a terminal; nothing elsewhere. */
final class Progress {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final long totalBytes;
    private final boolean shown;
    private long drawnNanos;

    private Progress(long totalBytes, boolean shown) {
        this.totalBytes = totalBytes;
        this.shown = shown;
    }

    static Progress onTerminal(long totalBytes, boolean quiet) {
        Console console = System.console();
        boolean terminal = Objects.nonNull(console) && console.isTerminal();
        return new Progress(totalBytes, terminal && !quiet && totalBytes > 0);
    }

    void moved(long bytes) {
        long now = System.nanoTime();
        if (shown && (now - drawnNanos > REDRAW_NANOS || bytes == totalBytes)) {
            drawnNanos = now;
            int filled = (int) (WIDTH * bytes / totalBytes);
            System.err.printf(
                    Locale.ROOT,
                    "\r[%s%s] %3d %%  %s of %s ",
                    "#".repeat(filled),
                    " ".repeat(WIDTH - filled),
                    100 * bytes / totalBytes,
                    Sizes.text(bytes),
                    Sizes.text(totalBytes));
        }
    }

    void end() {
        if (shown) {
            System.err.println();
        }
    }
}
