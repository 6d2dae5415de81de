package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000;

    private final StringWriter shown = new StringWriter();

    @Test
    void aBarShowsHowMuchOfIt() {
        Progress progress = progress(Progress.Form.BAR, 4 << 20);
        progress.moved(1 << 20, SECOND);
        progress.end();
        assertEquals(
                "\r[######                  ]  25 %  1.0 MiB of 4.0 MiB, 1.0 MiB/s, 3 s left\u001b[K\n",
                shown.toString());
    }

    @Test
    void whereNobodyKnowsTheLengthTheAmountIsShown() {
        Progress progress = progress(Progress.Form.BAR, -1);
        progress.moved(3 << 20, 2 * SECOND);
        progress.end();
        assertEquals("\r3.0 MiB of unknown length, 1.5 MiB/s\u001b[K\n", shown.toString());
    }

    private Progress progress(Progress.Form form, long totalBytes) {
        return new Progress(form, totalBytes, 0, 0, () -> new long[2], new PrintWriter(shown));
    }
}
