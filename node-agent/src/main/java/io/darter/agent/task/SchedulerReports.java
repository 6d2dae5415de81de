package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.PieceRun;
import io.darter.swarm.download.DownloadReport;
import io.darter.swarm.scheduling.FailureReason;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** How one download's reports are put to the scheduler. Owned by the download's thread. */
final class SchedulerReports {
    private static final int DIGEST_BYTES = 32;

    private final ContentSource source;
    private final SchedulerDesk scheduler;
    private final LeaseBook leases;
    private final Alone alone;

    SchedulerReports(ContentSource source, SchedulerDesk scheduler, LeaseBook leases, Alone alone) {
        this.source = source;
        this.scheduler = scheduler;
        this.leases = leases;
        this.alone = alone;
    }

    /** @param content null until the scheduler said how it is cut */
    void tell(DownloadReport report, @Nullable StoredContent content) {
        switch (report) {
            case DownloadReport.Verified(long lease, PieceRun run, long tookNanos) -> {
                long told = Autonomy.isOwn(lease) ? 0 : lease;
                byte[] digests = originDigests(lease, run, content);
                scheduler.verified(source.key(), told, run, tookNanos / 1000, digests);
            }
            case DownloadReport.Failed(long lease, FailureReason reason) -> {
                DarterException cause = leases.forget(lease);
                if (Autonomy.isOwn(lease)) {
                    alone.over(lease);
                } else {
                    String detail = cause == null ? "" : Failures.detail(cause);
                    int status = cause == null ? 0 : cause.originStatus();
                    scheduler.leaseFailed(source.key(), lease, reason, detail, status);
                }
            }
        }
    }

    /** Others verify by these, so they come from whoever fetched without the scheduler knowing them. */
    private byte[] originDigests(long leaseId, PieceRun run, @Nullable StoredContent content) {
        boolean fromPeer = leases.get(leaseId).parent().isPresent();
        if (content == null || (fromPeer && !Autonomy.isOwn(leaseId))) {
            return new byte[0];
        }
        ByteArrayOutputStream digests = new ByteArrayOutputStream(run.count() * DIGEST_BYTES);
        for (int piece = run.first(); piece < run.end(); piece++) {
            digests.writeBytes(content.pieceDigest(piece));
        }
        return digests.toByteArray();
    }
}
