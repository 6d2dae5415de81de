package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.task.ContentTrace.Event;
import io.darter.agent.task.ContentTrace.SourceShare;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one content, so that "why was this slow" and "why did this go to the origin" have an answer. Written by
 * the download's thread and, for their waits, by its readers; read by whoever asks. Has no clock: each call says what time
 * it is, in nanoseconds of one clock. At most 256 events, 64 sources and 1024 open leases; counters beyond that.
 */
final class TaskTrace {
    private static final int SOURCES_MAX = 64;
    private static final int LEASES_MAX = 1024;
    private static final int WORDS_MAX = 200;
    private static final long MILLI = 1_000_000;
    /** A wait of a reader that a person would notice. */
    private static final long LONG_WAIT_NANOS = 500 * MILLI;

    private final ContentSource content;
    private final String task;
    private final long startNanos;
    private final TraceEvents events = new TraceEvents();
    private final Map<String, Tally> sources = new LinkedHashMap<>();
    private final Map<Long, OpenLease> open = new HashMap<>();

    private @Nullable PieceGeometry geometry;
    private String state = "running";
    private String failure = "";
    private String alone = "";
    private boolean wasLinked;
    private int heldPieces;
    private int arrivedPieces;
    private long servedBytes;
    private long lastPieceNanos;
    private long endNanos;
    private long idleSinceNanos = -1;
    private long idleNanos;
    /** Of the idle time: the scheduler had not answered. */
    private long silentNanos;

    private boolean idleAnswered;
    /** The node that delivered first; empty if none did. */
    private String firstGiver = "";

    private long firstByteNanos = -1;
    private long readerWaitNanos;
    private long callerNanos;
    private long proofNanos = -1;
    private long commitNanos = -1;

    /** What one source did so far. */
    private static final class Tally {
        final String name;
        final boolean origin;
        long bytes;
        int pieces;
        int runs;
        long busyNanos;
        int failed;
        int refused;
        int revoked;
        String lastFailure = "";

        Tally(String name, boolean origin) {
            this.name = name;
            this.origin = origin;
        }

        SourceShare share() {
            return new SourceShare(
                    name, origin, bytes, pieces, runs, busyNanos / MILLI, failed, refused, revoked, lastFailure);
        }
    }

    /** A lease between its grant and its end. */
    private static final class OpenLease {
        final Tally tally;
        PieceRun run;
        int arrived;
        long tookNanos;
        boolean revoked;

        OpenLease(Tally tally, PieceRun run) {
            this.tally = tally;
            this.run = run;
        }
    }

    TaskTrace(ContentSource content, String task, long startNanos) {
        this.content = content;
        this.task = task;
        this.startNanos = startNanos;
        this.lastPieceNanos = startNanos;
    }

    /** A content that was in the store when it was asked for. */
    static TaskTrace ofStored(ContentSource content, String task, PieceGeometry geometry, long nowNanos) {
        TaskTrace trace = new TaskTrace(content, task, nowNanos);
        trace.opened(geometry, geometry.pieces());
        trace.state = "done";
        trace.endNanos = nowNanos;
        return trace;
    }

    synchronized void opened(PieceGeometry cut, int held) {
        geometry = cut;
        heldPieces = held;
    }

    /** What the download takes out of its mailbox; null if that was empty for long. */
    synchronized void took(@Nullable DownloadMessage message, long nowNanos) {
        switch (message) {
            case null -> {}
            case DownloadMessage.Linked _ -> event(nowNanos, "linked", "", 0, "the scheduler is there");
            case DownloadMessage.Unlinked _ -> event(nowNanos, "unlinked", "", 0, "the link to the scheduler is lost");
            case DownloadMessage.Described described ->
                event(
                        nowNanos,
                        "described",
                        "",
                        0,
                        "cut into pieces of " + described.pieceBytes() + " bytes"
                                + (described.proved() ? "; two others have proved their digests" : ""));
            case DownloadMessage.Granted(GrantedLease lease) -> granted(lease);
            case DownloadMessage.Revoked(long lease) -> revoked(lease, nowNanos);
            case DownloadMessage.PieceArrived arrived -> arrived(arrived, nowNanos);
            case DownloadMessage.TransferFailed failed -> transferFailed(failed, nowNanos);
            case DownloadMessage.StoreFailed(DarterException cause) ->
                event(nowNanos, "failed", "store", 0, Failures.detail(cause));
            case DownloadMessage.WholeHashed _ -> {
                proofNanos = nowNanos - lastPieceNanos;
                event(nowNanos, "proved", "", proofNanos, "the digest of the whole is known");
            }
            case DownloadMessage.GaveUp(DarterException cause) ->
                event(nowNanos, "gave-up", "", 0, "the scheduler gave up: " + Failures.detail(cause));
            case DownloadMessage.Discarded _ ->
                event(nowNanos, "discarded", "", 0, "what came was wrong; it is fetched anew");
            case DownloadMessage.Stopped _ -> event(nowNanos, "ended", "", 0, "the agent stops");
            case DownloadMessage.Joined _,
                    DownloadMessage.Tick _,
                    DownloadMessage.ReaderWaits _,
                    DownloadMessage.Partners _,
                    DownloadMessage.Heard _ -> {}
        }
    }

    /** The scheduler is asked for leases. */
    synchronized void asked(int held, long nowNanos) {
        wasLinked = true;
        event(nowNanos, "asked", "", 0, "the scheduler was asked; " + held + " pieces held");
    }

    /** The download grants itself a lease. */
    synchronized void helpsItself(GrantedLease own, String why, long nowNanos) {
        if (!alone.equals(why)) {
            alone = why;
            event(nowNanos, "alone", "", 0, "goes on without the scheduler: " + why);
        }
        granted(own);
    }

    synchronized void started(Transfer transfer) {
        OpenLease lease = open.get(transfer.leaseId());
        if (lease != null) {
            lease.run = transfer.run();
        }
    }

    /** A lease goes back to the scheduler; one whose transfer failed has been counted as that. */
    synchronized void gaveBack(long leaseId, FailureReason reason, String detail, long nowNanos) {
        OpenLease lease = open.remove(leaseId);
        if (lease != null && !lease.revoked) {
            lease.tally.refused++;
            String why = detail.isEmpty() ? "given back unused (" + reason + ")" : detail;
            event(nowNanos, "refused", lease.tally.name, 0, pieces(lease.run) + ": " + why);
        }
    }

    /**
     * Whether pieces are missing and no lease is held, as it is until the next call.
     *
     * @param answered the scheduler is there and has told how the content is cut: it grants what somebody can give
     */
    synchronized void idle(boolean idle, boolean answered, long nowNanos) {
        long passed = idleSinceNanos < 0 ? 0 : nowNanos - idleSinceNanos;
        idleNanos += passed;
        silentNanos += idleAnswered ? 0 : passed;
        idleSinceNanos = idle ? nowNanos : -1;
        idleAnswered = answered;
    }

    /** The origin's answer to a request, before its bytes. */
    synchronized void originAnswered(String answer, long tookNanos, long nowNanos) {
        event(nowNanos, "origin", originName(), tookNanos, answer);
    }

    /**
     * A caller waited for bytes. Any thread.
     *
     * @param sumNanos that caller's waits until now
     */
    synchronized void readerWaited(int piece, long sumNanos, long tookNanos, long nowNanos) {
        readerWaitNanos = Math.max(readerWaitNanos, sumNanos);
        if (tookNanos >= LONG_WAIT_NANOS) {
            event(nowNanos, "waited", "", tookNanos, "a caller waited for piece " + piece);
        }
    }

    /**
     * A caller took bytes. Any thread.
     *
     * @param sumNanos all that this caller took until now
     */
    synchronized void callerTook(long sumNanos, long tookNanos, long nowNanos) {
        callerNanos = Math.max(callerNanos, sumNanos);
        if (firstByteNanos < 0) {
            firstByteNanos = nowNanos - tookNanos - startNanos;
        }
    }

    synchronized void served(long bytes) {
        servedBytes += bytes;
    }

    synchronized void committed(long tookNanos, long nowNanos) {
        commitNanos = tookNanos;
        event(nowNanos, "committed", "", tookNanos, "whole and safe in the store");
        ended("done", nowNanos);
    }

    synchronized void failed(DarterException cause, long nowNanos) {
        failed(cause.getMessage(), nowNanos);
    }

    private void failed(@Nullable String words, long nowNanos) {
        failure = bounded(words);
        event(nowNanos, "ended", "", 0, failure);
        ended("failed", nowNanos);
    }

    /** Of a content without a known length: bytes came from the origin. */
    synchronized void streamed(int bytes, long tookNanos, long nowNanos) {
        Tally tally = sources.computeIfAbsent(originName(), name -> new Tally(name, true));
        tally.bytes += bytes;
        tally.busyNanos += tookNanos;
        lastPieceNanos = nowNanos;
    }

    /** The caller has all of it; the store has nothing. */
    synchronized void handedOn(long nowNanos) {
        event(nowNanos, "ended", "", 0, "all of it was handed on");
        ended("done", nowNanos);
    }

    /** Without a word about why: of no effect if the end is known. */
    synchronized void leftOff(long nowNanos) {
        if (isRunning()) {
            failed("the caller went away, or the agent stopped", nowNanos);
        }
    }

    /** The download's thread is over, whatever happened. */
    synchronized void over(long nowNanos) {
        if (state.equals("running")) {
            ended("done", nowNanos);
        }
    }

    private void ended(String as, long nowNanos) {
        idle(false, false, nowNanos);
        state = as;
        endNanos = nowNanos;
        open.clear();
    }

    private void granted(GrantedLease lease) {
        if (open.size() < LEASES_MAX) {
            open.put(
                    lease.lease().id(),
                    new OpenLease(tally(lease), lease.lease().run()));
        }
    }

    private void revoked(long leaseId, long nowNanos) {
        OpenLease lease = open.get(leaseId);
        if (lease != null) {
            lease.revoked = true;
            lease.tally.revoked++;
            event(nowNanos, "revoked", lease.tally.name, 0, pieces(lease.run));
        }
    }

    private void arrived(DownloadMessage.PieceArrived arrived, long nowNanos) {
        arrivedPieces++;
        lastPieceNanos = nowNanos;
        OpenLease lease = open.get(arrived.leaseId());
        if (lease == null) {
            return;
        }
        lease.arrived++;
        if (firstGiver.isEmpty() && !lease.tally.origin) {
            firstGiver = lease.tally.name;
        }
        lease.tookNanos += arrived.tookNanos();
        lease.tally.pieces++;
        lease.tally.bytes += geometry == null ? 0 : geometry.length(arrived.piece());
        lease.tally.busyNanos += arrived.tookNanos();
        if (lease.run.last() == arrived.piece()) {
            open.remove(arrived.leaseId());
            lease.tally.runs++;
            event(nowNanos, "run", lease.tally.name, lease.tookNanos, pieces(lease.run));
        }
    }

    private void transferFailed(DownloadMessage.TransferFailed failed, long nowNanos) {
        OpenLease lease = open.remove(failed.leaseId());
        if (lease == null) {
            return;
        }
        lease.tally.failed++;
        lease.tally.lastFailure =
                bounded(failed.reason() + ": " + failed.cause().happened());
        event(
                nowNanos,
                "failed",
                lease.tally.name,
                lease.tookNanos,
                pieces(lease.run) + " after " + lease.arrived + ": " + lease.tally.lastFailure);
    }

    private Tally tally(GrantedLease lease) {
        String name = lease.parent()
                .map(parent -> "node " + parent.node().value() + " (" + parent.host() + ")")
                .orElseGet(this::originName);
        boolean origin = lease.parent().isEmpty();
        if (sources.size() >= SOURCES_MAX && !sources.containsKey(name)) {
            name = "other nodes";
        }
        return sources.computeIfAbsent(name, fresh -> new Tally(fresh, origin));
    }

    private String originName() {
        return "origin " + content.url().getRawAuthority();
    }

    private void event(long nowNanos, String kind, String source, long tookNanos, String words) {
        events.add(new Event((nowNanos - startNanos) / MILLI, kind, source, tookNanos / MILLI, bounded(words)));
    }

    private static String bounded(@Nullable String words) {
        String text = String.valueOf(words);
        return text.length() <= WORDS_MAX ? text : text.substring(0, WORDS_MAX - 1) + "…";
    }

    private static String pieces(PieceRun run) {
        return run.count() == 1 ? "piece " + run.first() : "pieces " + run.first() + "–" + run.last();
    }

    synchronized boolean isRunning() {
        return state.equals("running");
    }

    synchronized int size() {
        return events.size() + 1;
    }

    String task() {
        return task;
    }

    String key() {
        return content.key().value();
    }

    /** How things are now. */
    synchronized ContentTrace view(long nowNanos) {
        long end = isRunning() ? nowNanos : endNanos;
        long idleNow = idleSinceNanos < 0 ? 0 : nowNanos - idleSinceNanos;
        long silent = silentNanos + (idleAnswered ? 0 : idleNow);
        List<SourceShare> shares = new ArrayList<>();
        sources.values().forEach(tally -> shares.add(tally.share()));
        shares.sort((one, other) -> Long.compare(other.bytes(), one.bytes()));
        ContentTrace trace = new ContentTrace(
                key(),
                task,
                url(),
                content.sizeBytes() < 0 ? bytesFrom(shares, true) : content.sizeBytes(),
                geometry == null ? 0 : geometry.pieces(),
                state,
                List.of(),
                (nowNanos - startNanos) / MILLI,
                (end - startNanos) / MILLI,
                bytesOf(heldPieces + arrivedPieces),
                bytesOf(heldPieces),
                bytesFrom(shares, true),
                bytesFrom(shares, false),
                servedBytes,
                millis(firstByteNanos),
                readerWaitNanos / MILLI,
                callerNanos / MILLI,
                (idleNanos + idleNow) / MILLI,
                millis(proofNanos),
                millis(commitNanos),
                failure,
                List.copyOf(shares),
                events.all(),
                events.leftOut());
        return trace.withVerdict(TraceVerdict.of(
                trace, new TraceVerdict.Waits(content.sizeBytes() >= 0, alone, wasLinked, silent / MILLI, firstGiver)));
    }

    private String url() {
        return content.url().getRawPath() == null
                ? ""
                : content.url().getScheme() + "://" + content.url().getRawAuthority()
                        + content.url().getRawPath();
    }

    private long bytesOf(int pieces) {
        return geometry == null ? 0 : Math.min(content.sizeBytes(), (long) pieces * geometry.pieceBytes());
    }

    private static long bytesFrom(List<SourceShare> shares, boolean origin) {
        return shares.stream()
                .filter(share -> share.origin() == origin)
                .mapToLong(SourceShare::bytes)
                .sum();
    }

    private static long millis(long nanos) {
        return nanos < 0 ? -1 : nanos / MILLI;
    }
}
