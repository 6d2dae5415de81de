package io.darter.swarm.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerDownloadTest {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("b".repeat(64));
    private static final Source A = new Source.Peer(new NodeId("a"));
    private static final Source B = new Source.Peer(new NodeId("b"));

    private final PeerDownload download =
            new PeerDownload(KEY, new PieceGeometry(3200, 100), new PieceMap(32), DownloadLimits.defaults());
    private long lastLease;

    @Test
    void twoTransfersPerParentStartAndTheRestWaits() {
        grant(A, 0, 1);
        grant(A, 1, 1);
        long third = grant(A, 2, 1);
        grant(B, 3, 1);
        assertEquals(List.of(0, 1, 3), firsts(download.next(0)));
        assertTrue(download.next(0).isEmpty());
        arrives(1, 0);
        assertEquals(List.of(new Transfer(third, PieceRun.of(2), A)), download.next(0));
    }

    @Test
    void anUnstartedLeaseIsGivenBackAndAStartedOneStays() {
        grant(A, 0, 1);
        grant(A, 1, 1);
        long third = grant(A, 2, 1);
        download.next(0);
        download.revoked(1);
        download.revoked(third);
        assertEquals(List.of(new DownloadReport.Failed(third, FailureReason.RETURNED)), download.reports(0));
    }

    @Test
    void originLeasesStartOneAfterTheOther() {
        grant(Source.ORIGIN, 0, 2);
        grant(Source.ORIGIN, 2, 2);
        assertEquals(List.of(0), firsts(download.next(0)));
        arrives(1, 0);
        assertTrue(download.next(0).isEmpty());
        arrives(1, 1);
        assertEquals(List.of(2), firsts(download.next(0)));
    }

    @Test
    void whatTheOriginBroughtIsToldAtOnceAsOneRunWithWhatFollows() {
        grant(Source.ORIGIN, 0, 4);
        download.next(0);
        arrives(1, 0);
        arrives(1, 1);
        assertEquals(List.of(new DownloadReport.Verified(1, new PieceRun(0, 2), 20)), download.reports(0));
        assertTrue(download.reports(0).isEmpty());
    }

    @Test
    void aReportWaitsWhileEnoughElseIsUnderWay() {
        for (int piece = 0; piece < 3; piece++) {
            grant(A, piece, 1);
            download.next(0);
            arrives(piece + 1, piece);
            download.reports(0);
        }
        grant(A, 3, 1);
        grant(A, 4, 1);
        grant(B, 5, 1);
        download.next(0);
        arrives(4, 3);
        assertTrue(download.reports(0).isEmpty(), "two others are under way");
        arrives(5, 4);
        assertEquals(2, download.reports(0).size());
    }

    @Test
    void theLastPieceIsToldAtOnce() {
        PieceMap nearly = PieceMap.full(32);
        nearly.clear(31);
        PeerDownload last = new PeerDownload(KEY, new PieceGeometry(3200, 100), nearly, DownloadLimits.defaults());
        last.granted(new Lease(9, KEY, PieceRun.of(31), A, Long.MAX_VALUE));
        last.next(0);
        assertFalse(last.complete());
        last.settle(new PieceOutcome.Verified(9, 31, 10), 0);
        assertTrue(last.complete());
        assertEquals(1, last.reports(0).size());
    }

    @Test
    void aLeaseForWhatIsHeldAlreadyIsGivenBack() {
        grant(A, 0, 2);
        grant(B, 0, 2);
        download.next(0);
        arrives(1, 0);
        arrives(1, 1);
        arrives(2, 0);
        arrives(2, 1);
        long late = grant(A, 1, 1);
        assertTrue(download.next(0).isEmpty());
        assertTrue(download.reports(0).contains(new DownloadReport.Failed(late, FailureReason.RETURNED)));
    }

    @Test
    void onlyTheMissingPartOfARunIsFetched() {
        grant(A, 1, 1);
        download.next(0);
        arrives(1, 1);
        grant(B, 0, 4);
        assertEquals(List.of(new PieceRun(0, 4)), runs(download.next(0)));
        grant(A, 1, 3);
        assertEquals(List.of(new PieceRun(2, 2)), runs(download.next(0)));
    }

    @Test
    void anExpiredLeaseDoesNotStart() {
        download.granted(new Lease(1, KEY, PieceRun.of(0), A, 100));
        assertTrue(download.next(100).isEmpty());
        assertEquals(List.of(new DownloadReport.Failed(1, FailureReason.RETURNED)), download.reports(100));
    }

    @Test
    void aFailureIsToldAtOnceAndFreesThePlace() {
        grant(A, 0, 1);
        grant(A, 1, 1);
        grant(A, 2, 1);
        download.next(0);
        download.settle(new PieceOutcome.Failed(1, FailureReason.STALLED), 0);
        assertEquals(List.of(new DownloadReport.Failed(1, FailureReason.STALLED)), download.reports(0));
        assertEquals(List.of(2), firsts(download.next(0)));
    }

    @Test
    void afterTheLinkWasLostNothingOldStarts() {
        grant(A, 0, 1);
        grant(A, 1, 1);
        grant(A, 2, 1);
        download.next(0);
        download.linkLost();
        arrives(1, 0);
        assertTrue(download.next(0).isEmpty());
        assertTrue(download.verified().get(0));
    }

    private long grant(Source source, int first, int count) {
        download.granted(new Lease(++lastLease, KEY, new PieceRun(first, count), source, Long.MAX_VALUE));
        return lastLease;
    }

    private void arrives(long lease, int piece) {
        download.settle(new PieceOutcome.Verified(lease, piece, 10), 0);
    }

    private static List<Integer> firsts(List<Transfer> transfers) {
        return transfers.stream().map(transfer -> transfer.run().first()).toList();
    }

    private static List<PieceRun> runs(List<Transfer> transfers) {
        return transfers.stream().map(Transfer::run).toList();
    }
}
