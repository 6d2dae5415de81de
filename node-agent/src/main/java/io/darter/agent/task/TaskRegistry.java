package io.darter.agent.task;

import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.schedulerlink.Held;
import io.darter.agent.schedulerlink.LinkListener;
import io.darter.agent.schedulerlink.Wanted;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All contents that somebody on this node wants: one download each, however many callers. What the scheduler says goes to
 * the download it is about. Safe for use by many threads.
 */
public final class TaskRegistry implements ContentTasks, TaskTraces, LinkListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TaskRegistry.class);
    private static final int TRACES_ASKED_MAX = 64;

    private final TaskParts parts;
    private final boolean verifyFully;
    private final Predicate<ContentKey> purged;
    private final BufferPool buffers = new BufferPool();
    private final TraceBook traces = new TraceBook();
    private final ConcurrentHashMap<ContentKey, Download> running = new ConcurrentHashMap<>();
    private final DownloadClock clock;
    private volatile boolean closed;

    public TaskRegistry(TaskParts parts) {
        this(parts, false);
    }

    /** @param verifyFully every whole is hashed here, whoever else has proved it */
    public TaskRegistry(TaskParts parts, boolean verifyFully) {
        this(parts, verifyFully, key -> false);
    }

    /** @param purged what nobody may have */
    public TaskRegistry(TaskParts parts, boolean verifyFully, Predicate<ContentKey> purged) {
        this.purged = purged;
        this.parts = parts;
        this.verifyFully = verifyFully;
        this.clock = new DownloadClock(running.values(), parts.nanoTime());
    }

    @Override
    public ContentTask startOrJoin(ContentSource source, String task, boolean live) {
        return startOrJoin(source, task, live, false, 0);
    }

    @Override
    public ContentTask startOrJoin(ContentSource source, String task, boolean live, long from) {
        return startOrJoin(source, task, live, false, from);
    }

    private ContentTask startOrJoin(ContentSource source, String task, boolean live, boolean assist, long from) {
        if (purged.test(source.key())) {
            return new PurgedTask(source);
        }
        long startNanos = parts.nanoTime().getAsLong();
        TaskTrace trace = new TaskTrace(source, task, startNanos);
        Download fresh = new Download(
                source, task, live, assist, from, parts, trace, buffers, done -> ended(done, startNanos), clock);
        Download download = running.compute(source.key(), (key, present) -> {
            if (present != null) {
                present.offer(new DownloadMessage.Joined(live, assist));
                return present;
            }
            return committed(key).isPresent() || closed ? null : fresh;
        });
        if (!assist && parts.origin().anonymous(source)) {
            parts.memory().open(source.key());
        }
        if (download == fresh) {
            traces.begin(source.key(), trace);
            // Only now: what the scheduler answers finds it in the map.
            Thread.ofVirtual()
                    .name("download " + source.key().hex().substring(0, 12))
                    .start(fresh::run);
            clock.keepTicking();
        }
        if (download != null) {
            return new PersistentTask(download, () -> startOrJoin(source, task, live));
        }
        return committed(source.key())
                .<ContentTask>map(content -> finished(source, content, task, assist))
                .orElseGet(() -> new StoppedTask(source));
    }

    private void ended(Download download, long startNanos) {
        running.remove(download.key(), download);
        parts.traffic().ended(download.sizeBytes(), parts.nanoTime().getAsLong() - startNanos);
    }

    private Optional<StoredContent> committed(ContentKey key) {
        return parts.store().find(key).filter(StoredContent::committed);
    }

    @Override
    public OptionalLong publicBytes(ContentKey key) {
        return parts.memory().isOpen(key)
                ? committed(key).stream()
                        .mapToLong(content -> content.geometry().sizeBytes())
                        .findFirst()
                : OptionalLong.empty();
    }

    private FinishedContent finished(ContentSource source, StoredContent content, String task, boolean assist) {
        if (assist) {
            offer(source, content, task, true);
        }
        TaskTrace trace = traces.stored(
                source.key(),
                TaskTrace.ofStored(
                        source, task, content.geometry(), parts.nanoTime().getAsLong()));
        ContentReader reader =
                new ContentReader(source, Progress.finished(content), parts, buffers, trace, piece -> {});
        return new FinishedContent(source, reader, () -> startOrJoin(source, task, true), bytes -> {
            trace.served(bytes);
            parts.traffic().localBytes.add(bytes);
            if (bytes == source.sizeBytes()) {
                parts.scheduler().delivered(source.key(), bytes);
            }
        });
    }

    /** For contents that cannot be downloaded because nobody knows their size; what happens to them is explained as here. */
    public UnknownLength unknownLength() {
        return new UnknownLength(parts.origin(), traces, parts.nanoTime());
    }

    private void offer(ContentSource source, StoredContent content, String task, boolean assist) {
        if (parts.scheduler().linked()) {
            parts.scheduler().want(new Wanted(source, task, false, assist, Optional.of(Held.of(content))));
        }
    }

    /** Whether the clock of the running downloads goes on. */
    public boolean ticks() {
        return clock.ticks();
    }

    /** What is being downloaded now. */
    public List<TaskProgress> progress() {
        return running.values().stream().map(Download::describe).toList();
    }

    @Override
    public List<ContentTrace> traces() {
        return traces.list(parts.nanoTime().getAsLong());
    }

    @Override
    public List<ContentTrace> traces(List<String> keys) {
        return keys.stream()
                .limit(TRACES_ASKED_MAX)
                .flatMap(key -> explain(key).stream())
                .toList();
    }

    @Override
    public List<ContentTrace> explain(String id) {
        return traces.find(id, parts.nanoTime().getAsLong());
    }

    @Override
    public void linked() {
        running.keySet().forEach(key -> tell(key, new DownloadMessage.Linked()));
        // Contents that are whole are offered; the rest is wanted by whoever asks for it again.
        for (StoredContent content : parts.store().all()) {
            if (content.committed() && !running.containsKey(content.key())) {
                offer(unsourced(content), content, "", false);
            }
        }
    }

    /** A held content's place at the origin is not kept: those who want it name it. */
    private static ContentSource unsourced(StoredContent content) {
        return new ContentSource(
                content.key(), content.geometry().sizeBytes(), "", true, URI.create(""), "", "", "", "");
    }

    @Override
    public void unlinked() {
        running.keySet().forEach(key -> tell(key, new DownloadMessage.Unlinked()));
    }

    @Override
    public void described(ContentKey key, long sizeBytes, int pieceBytes, boolean proved) {
        tell(key, new DownloadMessage.Described(sizeBytes, pieceBytes, proved && !verifyFully));
    }

    @Override
    public void granted(GrantedLease lease) {
        Download download = running.get(lease.lease().content());
        if (download == null || !download.offer(new DownloadMessage.Granted(lease))) {
            parts.scheduler().leaseFailed(lease.lease().content(), lease.lease().id(), FailureReason.RETURNED, "", 0);
        }
    }

    @Override
    public void revoked(ContentKey key, long leaseId) {
        tell(key, new DownloadMessage.Revoked(leaseId));
    }

    @Override
    public void partners(ContentKey key, List<Parent> nodes) {
        tell(key, new DownloadMessage.Partners(nodes));
    }

    /** What this node gets from the content's origin at the moment. */
    public Optional<PieceRun> fetching(ContentKey key) {
        return Optional.ofNullable(running.get(key)).flatMap(Download::fetching);
    }

    @Override
    public void assist(ContentSource content, String task) {
        startOrJoin(content, task, false, true, 0);
    }

    @Override
    public void recheck(ContentKey key, PieceRun run) {
        Thread.ofVirtual().name("recheck").start(() -> parts.store().find(key).ifPresent(held -> recheck(held, run)));
    }

    private void recheck(StoredContent held, PieceRun run) {
        boolean right = true;
        for (int piece = run.first();
                piece < Math.min(run.end(), held.geometry().pieces());
                piece++) {
            try {
                right &= !held.has(piece) || held.recheck(piece);
            } catch (IOException e) {
                right = false;
            }
        }
        if (!right) {
            log.atWarn().addKeyValue("content", held.key()).log("a piece is damaged on the disk; it is held no more");
            if (!running.containsKey(held.key())) {
                parts.scheduler().released(held.key()); // the rest waits here for whoever asks for it
            }
        }
    }

    @Override
    public void discarded(ContentKey key) {
        Download download = running.get(key);
        if (download != null) {
            download.offer(new DownloadMessage.Discarded());
            return;
        }
        Optional<StoredContent> held = parts.store().find(key);
        if (held.filter(StoredContent::committed).isPresent()) {
            offer(
                    unsourced(held.get()),
                    held.get(),
                    "",
                    false); // it is proved: the others may take it as their measure
            return;
        }
        try {
            parts.store().remove(key);
        } catch (IOException e) {
            log.atWarn().addKeyValue("content", key).setCause(e).log("wrong pieces could not be removed");
        }
    }

    @Override
    public void gaveUp(ContentKey key, FailureReason reason, String detail, int originStatus) {
        Download download = running.get(key);
        if (download != null) {
            download.offer(
                    new DownloadMessage.GaveUp(Failures.ofGiveUp(download.source(), reason, detail, originStatus)));
        }
    }

    @Override
    public boolean isPurged(ContentKey key) {
        return purged.test(key);
    }

    /** Ends the content's download, if there is one, with the words that an operator purged it. */
    public void purged(ContentKey key) {
        Download download = running.get(key);
        if (download != null) {
            download.offer(new DownloadMessage.GaveUp(Failures.purged(download.source())));
        }
    }

    /** Lets go of memory that is kept for the next download. */
    public void letGo() {
        buffers.letGo();
    }

    /** The store let go of a content. */
    public void removed(ContentKey key) {
        parts.scheduler().released(key);
    }

    private void tell(ContentKey key, DownloadMessage message) {
        Download download = running.get(key);
        if (download != null && !download.offer(message)) {
            log.atError().addKeyValue("content", key).log("a download does not keep up; a message to it is lost");
        }
    }

    /** Ends all downloads; what is verified stays in the store for the next start. */
    @Override
    public void close() {
        closed = true;
        running.values().forEach(download -> download.offer(new DownloadMessage.Stopped()));
    }
}
