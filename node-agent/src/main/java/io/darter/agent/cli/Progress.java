package io.darter.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * How far a download is, on stderr: a bar where that is a terminal, drawn five times a second at most; lines now and then
 * elsewhere, if a person wants them.
 */
final class Progress {
    private static final int WIDTH = 24;
    private static final long REDRAW_NANOS = 200_000_000;
    private static final long LINE_NANOS = 5_000_000_000L;
    private static final long SHARE_NANOS = 1_000_000_000;

    /** How it is shown. */
    enum Form {
        NOTHING,
        BAR,
        LINES
    }

    private final Form form;
    private final long totalBytes;
    private final long startBytes;
    private final long startNanos;
    private final Supplier<long[]> share;
    private final PrintWriter err;
    private long drawnNanos;
    private long sharedNanos;
    private String peers = "";

    /**
     * @param totalBytes less than zero if nobody knows
     * @param startBytes were there before
     * @param share bytes from peers and from the origin; asked once a second at most
     */
    Progress(Form form, long totalBytes, long startBytes, long nowNanos, Supplier<long[]> share, PrintWriter err) {
        this.form = form;
        this.totalBytes = totalBytes;
        this.startBytes = startBytes;
        this.startNanos = nowNanos;
        this.drawnNanos = nowNanos;
        this.sharedNanos = nowNanos;
        this.share = share;
        this.err = err;
    }

    static Progress of(GetWish wish, long totalBytes, long startBytes, Supplier<long[]> share, PrintWriter err) {
        Form form = wish.json() || totalBytes == 0
                ? Form.NOTHING
                : isTerminal() ? Form.BAR : wish.verbose() ? Form.LINES : Form.NOTHING;
        return new Progress(form, totalBytes, startBytes, System.nanoTime(), share, err);
    }

    /** Whether stderr is one; System.console() tells only of stdin and stdout. */
    private static boolean isTerminal() {
        try {
            String place = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return place.startsWith("/dev/pts/") || place.startsWith("/dev/tty") || place.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** @param bytes of the whole that are there */
    void moved(long bytes) {
        if (form != Form.NOTHING) {
            moved(bytes, System.nanoTime());
        }
    }

    void moved(long bytes, long now) {
        boolean last = bytes == totalBytes;
        if (!last && now - drawnNanos < (form == Form.BAR ? REDRAW_NANOS : LINE_NANOS)) {
            return;
        }
        if (last && now - startNanos < REDRAW_NANOS) {
            return; // nothing was drawn that should be completed
        }
        drawnNanos = now;
        if (totalBytes < 0) {
            draw(amount(bytes, now));
            return;
        }
        if (now - sharedNanos > SHARE_NANOS || (last && form == Form.LINES)) {
            sharedNanos = now;
            peers = fromPeers(share.get());
        }
        draw((form == Form.BAR ? bar(bytes) + " " : "") + words(bytes, now));
    }

    private void draw(String line) {
        if (form == Form.BAR) {
            err.print("\r" + line + "\u001b[K");
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Of what nobody knows the end. */
    private String amount(long bytes, long now) {
        return Sizes.text(bytes) + " of unknown length, " + Sizes.text((long) speed(bytes, now)) + "/s";
    }

    private double speed(long bytes, long now) {
        return (bytes - startBytes) / Math.max(0.001, (now - startNanos) / 1e9);
    }

    private String bar(long bytes) {
        int filled = (int) (WIDTH * bytes / totalBytes);
        return "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "]";
    }

    private String words(long bytes, long now) {
        double speed = speed(bytes, now);
        String left =
                speed < 1 || bytes == totalBytes ? "" : ", " + time((long) ((totalBytes - bytes) / speed)) + " left";
        return String.format(
                Locale.ROOT,
                "%3d %%  %s of %s, %s/s%s%s",
                100 * bytes / totalBytes,
                Sizes.text(bytes),
                Sizes.text(totalBytes),
                Sizes.text((long) speed),
                left,
                peers);
    }

    private static String fromPeers(long[] share) {
        long sum = share[0] + share[1];
        return sum == 0 ? "" : ", " + 100 * share[0] / sum + " % from peers";
    }

    private static String time(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    void end() {
        if (form == Form.BAR && drawnNanos != startNanos) {
            err.println();
            err.flush();
        }
    }
}
