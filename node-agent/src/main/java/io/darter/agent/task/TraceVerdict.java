package io.darter.agent.task;

import io.darter.agent.task.ContentTrace.SourceShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The answer to "why so" in words, out of the figures alone. */
final class TraceVerdict {
    /** Below it nobody would ask. */
    private static final long NOTICED_MILLIS = 1000;

    private static final int SENTENCES_MAX = 6;
    /** Of a key: enough to mean one content. */
    private static final int KEY_SHOWN = 12;

    private TraceVerdict() {}

    /**
     * What the figures do not tell about who was waited for.
     *
     * @param cut false where the origin does not say how long the content is
     * @param alone why the node went on without the scheduler, empty if it did not
     * @param asked whether the scheduler was asked at all
     * @param silentMillis of the time without any lease: the scheduler was away or did not answer
     * @param firstGiver the node that delivered first, as the sources name it; empty if none did
     */
    record Waits(boolean cut, String alone, boolean asked, long silentMillis, String firstGiver) {}

    static List<String> of(ContentTrace trace, Waits waits) {
        List<String> words = new ArrayList<>();
        if (trace.state().equals("failed")) {
            words.add("Failed: " + trace.failure());
        }
        words.add(waits.cut() ? whence(trace, waits.alone(), waits.asked()) : streamed(trace));
        waited(trace, waits, words);
        slow(trace, words);
        for (SourceShare source : trace.sources()) {
            if (source.failed() > 0) {
                words.add(String.format(
                        Locale.ROOT,
                        "%s failed %s, last: %s.",
                        capital(source.name()),
                        source.failed() == 1 ? "once" : source.failed() + " times",
                        source.lastFailure()));
            }
        }
        return List.copyOf(words.subList(0, Math.min(words.size(), SENTENCES_MAX)));
    }

    /** Where the bytes came from, and why not from elsewhere. */
    private static String whence(ContentTrace trace, String alone, boolean asked) {
        boolean running = trace.state().equals("running");
        if (trace.originBytes() + trace.peerBytes() == 0) {
            if (trace.heldBytes() >= trace.sizeBytes() && trace.state().equals("done")) {
                return trace.sizeBytes() == 0 ? "It is empty." : "Was in this node's store: nothing was fetched.";
            }
            return running ? "Nothing has arrived yet." : "Nothing arrived.";
        }
        String held = trace.heldBytes() > 0 ? size(trace.heldBytes()) + " were in the store before. " : "";
        if (trace.originBytes() == 0) {
            long peers = trace.sources().stream()
                    .filter(source -> source.bytes() > 0)
                    .count();
            return held + "Came from " + (peers == 1 ? "one other node." : peers + " other nodes.");
        }
        String why;
        if (!alone.isEmpty()) {
            why = "the node went on without the scheduler: " + alone;
        } else if (trace.peerBytes() > 0) {
            why = "the scheduler let this node fetch them for the cluster; the rest came from peers";
        } else if (asked) {
            why = "no peer had it: this is the first node of the cluster, and the scheduler let it fetch";
        } else {
            why = "there is no scheduler to ask";
        }
        return held + size(trace.originBytes()) + " of " + size(trace.sizeBytes())
                + " were fetched from the origin, because " + why + ".";
    }

    private static String streamed(ContentTrace trace) {
        return "The origin does not say how long it is, so it cannot be shared: " + size(trace.originBytes())
                + (trace.state().equals("running") ? " came until now" : " came")
                + " straight from the origin for one caller, and nothing is kept.";
    }

    /**
     * A scheduler that answers grants what somebody can give: then it is not the scheduler that is waited for, but whoever
     * brings the content into the cluster.
     */
    private static void waited(ContentTrace trace, Waits waits, List<String> words) {
        if (waits.silentMillis() >= NOTICED_MILLIS) {
            words.add("Waited " + seconds(waits.silentMillis())
                    + (waits.asked() ? " for the scheduler, which did not answer." : " without a scheduler to ask."));
        }
        long millis = trace.schedulerWaitMillis() - waits.silentMillis();
        if (millis < NOTICED_MILLIS) {
            return;
        }
        String no = "Waited " + seconds(millis) + " because no node had the missing pieces to give yet";
        if (trace.originBytes() > 0 && trace.peerBytes() == 0) {
            words.add(no + ", until the scheduler let this node to the origin again:"
                    + " few connections are used for one, and it is spared while it is busy.");
            return;
        }
        String giver = waits.firstGiver();
        String name = trace.key().replaceFirst("^sha256-", "");
        words.add(no
                + ": the whole cluster waits for who fetches them from the origin. What keeps that up, darter tasks explain "
                + name.substring(0, Math.min(KEY_SHOWN, name.length())) + " tells on "
                + (giver.isEmpty() ? "the seed, or the node that fetches." : giver + ", which delivered first."));
    }

    /** What took the time, where it was enough to be noticed. */
    private static void slow(ContentTrace trace, List<String> words) {
        if (trace.callerMillis() >= NOTICED_MILLIS && trace.callerMillis() * 3 > trace.millis()) {
            words.add("The caller read slowly: back-pressure for " + seconds(trace.callerMillis()) + ".");
        }
        slowSource(trace, words);
        if (trace.proofMillis() >= NOTICED_MILLIS) {
            words.add("Proving the whole took " + seconds(trace.proofMillis()) + " after the last piece.");
        }
        if (trace.commitMillis() >= NOTICED_MILLIS) {
            words.add("Making it safe on the disk took " + seconds(trace.commitMillis()) + ".");
        }
    }

    private static void slowSource(ContentTrace trace, List<String> words) {
        List<SourceShare> gave = trace.sources().stream()
                .filter(source -> source.busyMillis() > 0)
                .toList();
        if (trace.millis() < NOTICED_MILLIS || gave.isEmpty()) {
            return;
        }
        SourceShare busiest = gave.getFirst();
        for (SourceShare source : gave) {
            busiest = source.busyMillis() > busiest.busyMillis() ? source : busiest;
        }
        if (busiest.busyMillis() * 2 > trace.millis()) {
            words.add("Most of the time went into " + busiest.name() + ", which delivered "
                    + size((long) busiest.bytesPerSecond()) + "/s"
                    + (gave.size() == 1 ? " and was the only source." : "; " + (gave.size() - 1) + " more gave too."));
        }
    }

    private static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    private static String size(long bytes) {
        if (bytes < 1_000_000) {
            return bytes < 1000 ? bytes + " B" : String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
        }
        return String.format(
                Locale.ROOT,
                bytes < 1_000_000_000 ? "%.1f MB" : "%.2f GB",
                bytes < 1_000_000_000 ? bytes / 1e6 : bytes / 1e9);
    }
}
