package io.darter.agent.cli;

import io.darter.agent.task.ContentTrace;
import io.darter.agent.task.ContentTrace.Event;
import io.darter.agent.task.ContentTrace.SourceShare;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What happened to a task, on a page at most: the verdict, the sources, the time line. */
record TraceText(PrintWriter out) {
    private static final int LINES_MAX = 28;
    private static final int CONTENTS_MAX = 3;

    void print(List<ContentTrace> traces) {
        if (traces.size() > CONTENTS_MAX) {
            out.printf("%d contents; the slowest %d of them (--json has all):%n%n", traces.size(), CONTENTS_MAX);
        }
        traces.stream()
                .sorted((one, other) -> Long.compare(other.millis(), one.millis()))
                .limit(CONTENTS_MAX)
                .forEach(trace -> print(trace, LINES_MAX / Math.min(traces.size(), CONTENTS_MAX)));
    }

    private void print(ContentTrace trace, int lines) {
        out.printf(
                Locale.ROOT,
                "%s%n%s, %s, %s, %d %% of it here, %.1f s%n",
                trace.task(),
                trace.key(),
                Sizes.text(trace.sizeBytes()),
                trace.state(),
                trace.percent(),
                trace.millis() / 1000.0);
        trace.verdict().forEach(sentence -> out.printf("  %s%n", sentence));
        sources(trace);
        timeLine(trace, lines);
        out.println();
    }

    private void sources(ContentTrace trace) {
        if (trace.sources().isEmpty()) {
            return;
        }
        out.printf(
                "%n  %-44s %10s %7s %12s %6s %7s %7s%n",
                "SOURCE", "BYTES", "PIECES", "SPEED", "FAILED", "REFUSED", "REVOKED");
        for (SourceShare source : trace.sources()) {
            out.printf(
                    "  %-44s %10s %7d %12s %6d %7d %7d%n",
                    source.name(),
                    Sizes.text(source.bytes()),
                    source.pieces(),
                    Sizes.text((long) source.bytesPerSecond()) + "/s",
                    source.failed(),
                    source.refused(),
                    source.revoked());
        }
    }

    /** The beginning and the end; the middle is for programs. */
    private void timeLine(ContentTrace trace, int lines) {
        List<Event> events = trace.events();
        if (events.isEmpty()) {
            return;
        }
        out.printf("%n  %10s  %-10s %9s%n", "AT", "WHAT", "TOOK");
        int head = events.size() <= lines ? events.size() : lines * 2 / 3;
        int tail = events.size() <= lines ? 0 : lines - head;
        events.subList(0, head).forEach(this::line);
        int hidden = events.size() - head - tail + trace.eventsLeftOut();
        if (hidden > 0) {
            out.printf("  %10s  %d more (--json has %d of them)%n", "…", hidden, hidden - trace.eventsLeftOut());
        }
        events.subList(events.size() - tail, events.size()).forEach(this::line);
    }

    private void line(Event event) {
        String source = event.source().isEmpty() ? "" : event.source() + ": ";
        String took = event.tookMillis() == 0 ? "" : String.format(Locale.ROOT, "%.3f s", event.tookMillis() / 1000.0);
        out.printf(
                Locale.ROOT,
                "  %8.3f s  %-10s %9s  %s%s%n",
                event.atMillis() / 1000.0,
                event.kind(),
                took,
                source,
                event.words());
    }
}
