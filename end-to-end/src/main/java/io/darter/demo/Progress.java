package io.darter.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.function.LongSupplier;

/** Words for a person while the demo works: a live line on a terminal, plain lines now and then elsewhere. */
final class Progress {
    private static final long LIVE_NANOS = 100_000_000L;
    private static final long PLAIN_NANOS = 2_000_000_000L;
    private static final int BAR = 30;

    private final PrintStream out;
    private final boolean live;
    private final LongSupplier nanoTime;
    private long lastShownNanos;
    private boolean lineOpen;

    Progress(PrintStream out, boolean live, LongSupplier nanoTime) {
        this.out = out;
        this.live = live;
        this.nanoTime = nanoTime;
        this.lastShownNanos = nanoTime.getAsLong();
    }

    /** One whole line. */
    synchronized void say(String line) {
        if (lineOpen) {
            out.print("\r\033[K");
            lineOpen = false;
        }
        out.println(line);
        out.flush();
    }

    /** Shows the state of all nodes, if it is time to. */
    synchronized void show(List<Meter> meters) {
        var now = nanoTime.getAsLong();
        if (now - lastShownNanos < (live ? LIVE_NANOS : PLAIN_NANOS)) {
            return;
        }
        lastShownNanos = now;
        var each = meters.stream().mapToLong(Meter::expectedBytes).max().orElse(0);
        if (each == 0) {
            return;
        }
        var total = each * meters.size();
        var received = meters.stream().mapToLong(Meter::receivedBytes).sum();
        var done =
                meters.stream().filter(meter -> meter.receivedBytes() >= each).count();
        var words = "%3d %%  %s of %s  %d of %d nodes done"
                .formatted(100 * received / total, Sizes.text(received), Sizes.text(total), done, meters.size());
        if (!live) {
            out.println("  " + words);
            return;
        }
        var filled = (int) (BAR * Math.min(received, total) / total);
        out.print("\r\033[K  " + "█".repeat(filled) + "░".repeat(BAR - filled) + " " + words);
        out.flush();
        lineOpen = true;
    }
}
