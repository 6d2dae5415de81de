package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.schedulerlink.Held;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.schedulerlink.Wanted;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.PieceSizeRule;
import io.darter.swarm.download.DownloadLimits;
import io.darter.swarm.download.DownloadReport;
import io.darter.swarm.download.PeerDownload;
import io.darter.swarm.download.PieceOutcome;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one content's download, on one virtual thread that owns its state: it decides which leases to start
 * ({@link PeerDownload}), tells the scheduler, and takes what happened out of its mailbox, one message at a time.
 * Transfers, readers, the proof of the whole and the link only ever post.
 */
final class Download implements ContentTask {
    private static final Logger log = LoggerFactory.getLogger(Download.class);
    private static final int MAILBOX_MAX = 1024;
    /** So many messages are taken in before anything is decided or told about them. */
    private static final int MESSAGES_AT_ONCE = 64;
    /** A scheduler that is linked and has nothing to say for so long is asked again. */
    private static final long ASK_AGAIN_NANOS = 10_000_000_000L;

    private final ContentSource source;
    private final String task;
    private final TaskParts parts;
    private final TaskTrace trace;
    private final SchedulerDesk scheduler;
    private final BufferPool buffers;
    private final Consumer<Download> ended;
    private final DownloadClock clock;
    private final Mailbox<DownloadMessage> mailbox;
    private final Progress progress = new Progress();
    private final ContentReader reader;
    private final AtomicInteger readers = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Alone alone;
    // Owned by the download's thread.
    private final LeaseBook leases = new LeaseBook();
    private final Callers callers = new Callers();
    private final SchedulerReports told;
    private final Proof proof;
    private volatile boolean live;
    /** Nothing is on its way: something may have to be done when time has passed. */
    private volatile boolean restless = true;

    private boolean assist;
    private final long readerOffset;
    private boolean linked;
    /** The scheduler cuts the content otherwise than what is begun here: it is finished without the scheduler. */
    private boolean aloof;

    private long movedNanos;
    private final ReaderPlace readerPlace;
    private @Nullable StoredContent content;
    private StoredContent.Use use = () -> {};
    private @Nullable PeerDownload peer;

    Download(
            ContentSource source,
            String task,
            boolean live,
            boolean assist,
            long readerOffset,
            TaskParts given,
            TaskTrace trace,
            BufferPool buffers,
            Consumer<Download> ended,
            DownloadClock clock) {
        this.source = source;
        this.task = task;
        this.live = live;
        this.assist = assist;
        this.readerOffset = readerOffset;
        this.parts = given.traced(trace);
        this.trace = trace;
        this.scheduler = parts.scheduler();
        this.buffers = buffers;
        this.ended = ended;
        this.clock = clock;
        this.mailbox = new Mailbox<>(MAILBOX_MAX);
        this.proof = new Proof(source, progress, buffers, mailbox);
        this.alone = new Alone(source, parts, mailbox, now());
        this.readerPlace = new ReaderPlace(now());
        this.told = new SchedulerReports(source, scheduler, leases, alone);
        this.reader = new ContentReader(
                source,
                progress,
                parts,
                buffers,
                trace,
                piece -> mailbox.offer(new DownloadMessage.ReaderWaits(piece)));
    }

    /** Read this first. Runs until the content is whole, has failed, or nobody wants it any more. */
    void run() {
        parts.traffic().tasksStarted.increment();
        try {
            begin();
            while (!isProved()) {
                decide();
                tell();
                settle(mailbox.take());
                settleMore();
            }
            publish();
        } catch (DarterException e) {
            fail(e);
        } catch (IOException e) {
            fail(Failures.ofStore(source, e));
        } catch (InterruptedException e) {
            fail(Failures.stopping(source));
        } catch (RuntimeException e) {
            log.atError().addKeyValue("content", source.key()).setCause(e).log("download broke");
            fail(Failures.internal(source, e));
        } finally {
            mailbox.close();
            leases.cutAll();
            trace.over(now());
            use.close();
            ended.accept(this);
            over.countDown();
        }
    }

    private void begin() throws IOException {
        long now = now();
        movedNanos = now;
        callers.expectedFrom(now);
        linked = scheduler.linked();
        Optional<StoredContent> present = parts.store().find(source.key());
        if (present.isPresent() && present.get().geometry().sizeBytes() == source.sizeBytes()) {
            open(present.get().geometry(), false);
        }
        if (source.sizeBytes() == 0) {
            open(new PieceGeometry(0, PieceSizeRule.pieceBytes(0)), false);
        }
        want();
    }

    private void decide() throws IOException, DarterException {
        long now = now();
        restless = leases.isIdle() || !linked;
        if (restless) {
            clock.hurry();
        }
        if (callers.nobodyCares(readers.get(), live && !assist, now, movedNanos)) {
            throw Failures.abandoned(source);
        }
        Alone.Freedom freedom = alone.freedom(aloof, linked, leases.isIdle(), peer != null, now);
        if (freedom != Alone.Freedom.NONE) {
            helpOurselves(freedom, now);
        } else if (linked && leases.isIdle() && now - movedNanos > ASK_AGAIN_NANOS) {
            movedNanos = now;
            want();
        }
        if (peer != null) {
            peer.next(now).forEach(this::start);
        }
        trace.idle(leases.isIdle() && (peer == null || !peer.complete()), alone.answered(linked, peer != null), now);
    }

    private void helpOurselves(Alone.Freedom freedom, long now) throws IOException {
        if (peer == null) {
            open(new PieceGeometry(source.sizeBytes(), PieceSizeRule.pieceBytes(source.sizeBytes())), false);
        }
        PeerDownload begun = peer;
        StoredContent into = content;
        if (begun == null || into == null) {
            return;
        }
        PieceMap taken = leases.taken(begun.verified());
        boolean mayAskOrigin = !leases.holdsGrantedOrigin();
        for (GrantedLease own : alone.next(freedom, into.geometry(), taken, readerPlace.piece(), mayAskOrigin, now)) {
            trace.helpsItself(own, Autonomy.why(aloof, linked, scheduler.expected()), now);
            leases.granted(own);
            begun.granted(own.lease());
        }
    }

    private void start(Transfer transfer) {
        trace.started(transfer);
        StoredContent into = content;
        if (into != null) {
            GrantedLease lease = leases.get(transfer.leaseId());
            leases.start(transfer, new TransferRun(source, into, lease, transfer, parts, buffers, mailbox));
        }
    }

    private void tell() {
        if (peer == null) {
            return;
        }
        long now = now();
        List<DownloadReport> reports = peer.reports(now);
        reports.forEach(report -> told.tell(report, content));
        if (!reports.isEmpty()) {
            leases.reported();
        }
        if (readerPlace.isNews(now)) {
            scheduler.readerMoved(source.key(), readerPlace.piece());
        }
    }

    /** What has come meanwhile goes along: one decision and one report for all of it. */
    private void settleMore() throws DarterException, IOException {
        for (int i = 1; i < MESSAGES_AT_ONCE; i++) {
            DownloadMessage message = mailbox.poll();
            if (message == null) {
                return;
            }
            settle(message);
        }
    }

    private void settle(@Nullable DownloadMessage message) throws DarterException, IOException {
        trace.took(message, now());
        switch (message) {
            case null -> {}
            case DownloadMessage.Tick _ -> {}
            case DownloadMessage.Linked _ -> relinked();
            case DownloadMessage.Unlinked _ -> {
                linked = false;
                alone.unlinked(now());
            }
            case DownloadMessage.Partners(List<Parent> nodes) -> alone.partners(nodes, now());
            case DownloadMessage.Heard heard ->
                Optional.ofNullable(content).ifPresent(into -> alone.heard(heard, into.geometry(), now()));
            case DownloadMessage.Described described -> described(described);
            case DownloadMessage.Granted(GrantedLease lease) -> granted(lease);
            case DownloadMessage.Revoked(long lease) ->
                Optional.ofNullable(peer).ifPresent(begun -> begun.revoked(lease));
            case DownloadMessage.PieceArrived arrived -> arrived(arrived);
            case DownloadMessage.TransferFailed failed -> transferFailed(failed);
            case DownloadMessage.StoreFailed(DarterException cause) -> storeFailed(cause);
            case DownloadMessage.WholeHashed(String hex) -> proof.hashed(hex);
            case DownloadMessage.GaveUp(DarterException cause) -> {
                if (!aloof || cause.code() == ErrorCode.CONTENT_PURGED) {
                    throw cause;
                }
            }
            case DownloadMessage.Discarded _ -> throw discard(Failures.sourceLied(source));
            case DownloadMessage.ReaderWaits(int piece) -> {
                readerPlace.waitsFor(piece);
                if (source.rangesSupported() && readers.get() == 1 && alone.isFarFrom(piece)) {
                    leases.stopOwn();
                }
            }
            case DownloadMessage.Joined joined -> joined(joined);
            case DownloadMessage.Stopped _ -> throw Failures.stopping(source);
        }
    }

    private void relinked() {
        linked = true;
        alone.relinked(now());
        if (peer != null) {
            // What the scheduler granted before, it does not know of any more; what runs is worth finishing.
            leases.notStarted().forEach(peer::revoked);
        }
        want();
    }

    private void want() {
        if (linked && !aloof) {
            Optional<Held> held = Optional.ofNullable(content)
                    .filter(present -> present.verified().count() > 0)
                    .map(Held::of);
            scheduler.want(new Wanted(source, task, live, assist, held, readerOffset, leases.fetching()));
        }
    }

    private void described(DownloadMessage.Described described) throws IOException {
        PieceGeometry geometry = new PieceGeometry(source.sizeBytes(), described.pieceBytes());
        if (described.sizeBytes() != source.sizeBytes()
                || (content != null && !content.geometry().equals(geometry))) {
            aloof = true;
            scheduler.released(source.key());
            return;
        }
        leases.stopOwn();
        if (peer == null && open(geometry, described.proved()).verified().count() > 0) {
            want();
        }
    }

    private void granted(GrantedLease granted) {
        long id = granted.lease().id();
        if (peer == null || aloof) {
            scheduler.leaseFailed(source.key(), id, FailureReason.RETURNED, "", 0);
            return;
        }
        if (!granted.provable()) {
            scheduler.leaseFailed(source.key(), id, FailureReason.RETURNED, "a peer's lease without digests", 0);
            return;
        }
        movedNanos = now();
        alone.granted();
        leases.stopOwn();
        leases.granted(granted);
        peer.granted(granted.lease());
    }

    private void arrived(DownloadMessage.PieceArrived arrived) {
        if (peer == null) {
            return;
        }
        long now = now();
        movedNanos = now;
        peer.settle(new PieceOutcome.Verified(arrived.leaseId(), arrived.piece(), arrived.tookNanos()), now);
        progress.arrived(arrived.piece());
        if (!leases.provable(arrived.leaseId(), arrived.piece())) {
            proof.unvouched(content);
        }
        boolean over = leases.arrived(arrived.leaseId(), arrived.piece());
        if (Autonomy.isOwn(arrived.leaseId())) {
            alone.arrived(arrived.leaseId(), arrived.piece(), over, now);
        }
    }

    private void transferFailed(DownloadMessage.TransferFailed failed) throws DarterException {
        if (peer == null) {
            return;
        }
        leases.failed(failed.leaseId(), failed.cause());
        peer.settle(new PieceOutcome.Failed(failed.leaseId(), failed.reason()), now());
        if (Autonomy.isOwn(failed.leaseId())) {
            alone.failed(failed.leaseId(), failed.reason(), failed.cause(), now());
        }
    }

    /** What comes from the origin at the moment. Any thread. */
    Optional<PieceRun> fetching() {
        return leases.atOrigin();
    }

    /** Its readers go on without the store. */
    private void storeFailed(DarterException cause) throws DarterException, IOException {
        if (cause.code() == ErrorCode.DISK_ERROR && content != null) {
            content.doubt();
        }
        throw cause;
    }

    private void joined(DownloadMessage.Joined joined) {
        boolean news = (joined.live() && !live) || (joined.assist() && !assist);
        live |= joined.live();
        assist |= joined.assist();
        if (news || joined.assist()) {
            want();
        }
    }

    private StoredContent open(PieceGeometry geometry, boolean listProved) throws IOException {
        StoredContent opened = parts.store().open(source.key(), geometry);
        use = opened.use();
        content = opened;
        peer = new PeerDownload(source.key(), geometry, opened.verified(), DownloadLimits.defaults());
        progress.opened(opened);
        readerPlace.begins(geometry.pieces() == 0 ? 0 : geometry.pieceAt(readerOffset));
        trace.opened(geometry, opened.verified().count());
        proof.begin(opened, listProved);
        return opened;
    }

    private boolean isProved() throws DarterException, IOException {
        if (peer == null || content == null || !peer.complete()) {
            return false;
        }
        String wrongHex = proof.wrongHex();
        if (wrongHex != null) {
            tell();
            throw wrong(Failures.digestMismatch(source, wrongHex));
        }
        return proof.isOver();
    }

    /** The scheduler has it fetched by another, if there is one; without it nobody but ourselves could be wrong. */
    private DarterException wrong(DarterException mismatch) throws IOException {
        if (!linked || aloof) {
            return discard(alone.wasMisled() ? Failures.sourceLied(source) : mismatch);
        }
        // Before it hears that nothing is held any more.
        scheduler.wholeIsWrong(source.key(), Failures.detail(mismatch));
        return discard(Failures.sourceLied(source));
    }

    private DarterException discard(DarterException why) throws IOException {
        progress.failed(why); // before its readers find it gone
        if (content != null) {
            content.discard();
        }
        return why;
    }

    private void publish() {
        tell();
        progress.proved();
        try {
            if (content != null) {
                long since = now();
                content.commit();
                trace.committed(now() - since, now());
            }
            log.atInfo()
                    .addKeyValue("task", task)
                    .addKeyValue("content", source.key())
                    .addKeyValue("bytes", source.sizeBytes())
                    .log("content complete");
        } catch (IOException e) {
            // Every caller has its bytes; only the next restart will have to fetch them again.
            log.atError().addKeyValue("content", source.key()).setCause(e).log("content could not be committed");
        }
    }

    private void fail(DarterException e) {
        parts.traffic().tasksFailed.increment();
        progress.failed(e);
        trace.failed(e, now());
        parts.removeIfEmpty(content);
        if (e.code() != ErrorCode.SOURCE_LIED) {
            scheduler.released(source.key());
        }
        log.atWarn()
                .addKeyValue("task", task)
                .addKeyValue("content", source.key())
                .log(e.getMessage());
    }

    private long now() {
        return parts.nanoTime().getAsLong();
    }

    /** Nothing is on its way: time has to pass. Any thread. */
    boolean restless() {
        return restless;
    }

    /** For those who must not wait; false if the download does not keep up at all. */
    boolean offer(DownloadMessage message) {
        return mailbox.offer(message);
    }

    ContentSource source() {
        return source;
    }

    @Override
    public ContentKey key() {
        return source.key();
    }

    @Override
    public long sizeBytes() {
        return source.sizeBytes();
    }

    @Override
    public void copyTo(ByteSink sink, long from, long to) throws DarterException, IOException, InterruptedException {
        readers.incrementAndGet();
        try {
            reader.copyTo(sink, from, to);
        } finally {
            readers.decrementAndGet();
        }
        if (from == 0 && to == source.sizeBytes()) {
            scheduler.delivered(source.key(), to);
        }
    }

    /** Waits until this download has ended and a new one can take its place. */
    void awaitOver() throws InterruptedException {
        over.await();
    }

    TaskProgress describe() {
        return TaskProgress.of(source, task, progress.content(), live);
    }
}
