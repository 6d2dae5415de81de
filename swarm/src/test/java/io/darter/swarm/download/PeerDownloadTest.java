package io.darter.swarm.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PeerDownloadTest {
    private static final int PIECES = 16;
    private static final ContentKey KEY = ContentKey.ofSha256Hex("a".repeat(64));
    private static final Source PARENT = new Source.Peer(new NodeId("parent"));
    private static final Source OTHER = new Source.Peer(new NodeId("other"));
    private static final long TOOK = 1_000_000L;

    private final DownloadLimits limits = new DownloadLimits(2, 3, 4);
    private final PeerDownload download =
            new PeerDownload(KEY, new PieceGeometry(PIECES, 1), new PieceMap(PIECES), limits);

    @Test
    void noMoreThanItsLimitIsStartedPerParentAndTheNextWhenOneEnds() {
        for (int piece = 0; piece < 4; piece++) {
            grant(piece, PARENT, piece, 1);
        }
        assertEquals(List.of(0L, 1L), started());
        assertEquals(List.of(), started());
        verified(0, 0);
        assertEquals(List.of(2L), started());
        failed(1, FailureReason.STALLED);
        assertEquals(List.of(3L), started());
    }

    @Test
    void noMoreThanItsLimitIsStartedInAll() {
        grant(0, PARENT, 0, 1);
        grant(1, PARENT, 1, 1);
        grant(2, OTHER, 2, 1);
        grant(3, OTHER, 3, 1);
        assertEquals(List.of(0L, 1L, 2L), started());
    }

    @Test
    void aNodeFetchesOneRunAfterTheOtherFromTheOriginBesideItsPeers() {
        grant(0, Source.ORIGIN, 0, 2);
        grant(1, Source.ORIGIN, 2, 2);
        grant(2, PARENT, 4, 1);
        grant(3, PARENT, 5, 1);
        grant(4, OTHER, 6, 1);
        assertEquals(List.of(0L, 2L, 3L, 4L), started());
        verified(0, 0);
        assertEquals(List.of(), started());
        verified(0, 1);
        assertEquals(List.of(1L), started());
    }

    @Test
    void consecutivePiecesOfALeaseAreOneReport() {
        grant(7, PARENT, 3, 4);
        started();
        for (int piece = 3; piece < 7; piece++) {
            verified(7, piece);
        }
        assertEquals(List.of(new DownloadReport.Verified(7, new PieceRun(3, 4), 4 * TOOK)), download.reports(0));
    }

    @Test
    void theSchedulerSaysHowManyPiecesMayWaitForAReport() {
        grantTellingAfter(1, PARENT, 0, 1);
        grantTellingAfter(2, PARENT, 1, 32);
        grantTellingAfter(3, OTHER, 2, 32);
        grantTellingAfter(4, OTHER, 3, 1);
        started();
        verified(2, 1);
        assertEquals(List.of(), download.reports(0));
        verified(1, 0);
        assertEquals(2, download.reports(0).size());
    }

    private void grantTellingAfter(long id, Source source, int piece, int pieces) {
        download.granted(new Lease(id, KEY, PieceRun.of(piece), source, Long.MAX_VALUE, pieces));
    }

    @Test
    void aReportWaitsOnlyWhileMuchIsUnderWay() {
        for (int piece = 0; piece < 8; piece++) {
            grant(piece, piece % 2 == 0 ? PARENT : OTHER, piece, 1);
        }
        started();
        verified(0, 0);
        assertEquals(List.of(), download.reports(0));
        List<DownloadReport> heard = new ArrayList<>();
        List<Long> running = new ArrayList<>(List.of(1L, 2L));
        running.addAll(started());
        while (!running.isEmpty()) {
            long lease = running.removeFirst();
            verified(lease, (int) lease);
            heard.addAll(download.reports(0));
            running.addAll(started());
        }
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), pieces(heard), "everything is told once nothing is under way");
    }

    /** The node's link is not full, and another parent has something for it. */
    @Test
    void oneSourceThatIsThroughIsToldThoughTheOtherHasMuchInLine() {
        grantTellingAfter(0, PARENT, 0, 8);
        grantTellingAfter(1, PARENT, 1, 8);
        grantTellingAfter(2, OTHER, 2, 8);
        grantTellingAfter(3, OTHER, 3, 8);
        started();
        verified(0, 0);
        started();
        assertEquals(List.of(), download.reports(0));
        verified(1, 1);
        started();
        assertEquals(List.of(0, 1), pieces(download.reports(0)));
    }

    @Test
    void twoSourcesWithOneLeaseEachAreDueForMore() {
        grantTellingAfter(0, PARENT, 0, 8);
        grantTellingAfter(1, PARENT, 1, 8);
        grantTellingAfter(2, OTHER, 2, 8);
        grantTellingAfter(3, OTHER, 3, 8);
        started();
        verified(0, 0);
        started();
        verified(2, 2);
        started();
        assertEquals(List.of(0, 2), pieces(download.reports(0)));
    }

    @Test
    void whatCameFromTheOriginIsToldAtOnce() {
        grant(0, Source.ORIGIN, 0, 8);
        for (int piece = 8; piece < 16; piece++) {
            grant(piece, PARENT, piece, 1);
        }
        started();
        verified(0, 0);
        assertEquals(List.of(new DownloadReport.Verified(0, PieceRun.of(0), TOOK)), download.reports(0));
    }

    @Test
    void aRevokedLeaseThatHasNotStartedIsReturnedAndNeverStarts() {
        for (int piece = 0; piece < 3; piece++) {
            grant(piece, PARENT, piece, 1);
        }
        started();
        download.revoked(2);
        assertEquals(List.of(new DownloadReport.Failed(2, FailureReason.RETURNED)), download.reports(0));
        verified(0, 0);
        verified(1, 1);
        assertEquals(List.of(), started());
    }

    @Test
    void aRevokedLeaseThatHasStartedGoesOn() {
        grant(0, PARENT, 0, 1);
        started();
        download.revoked(0);
        assertEquals(List.of(), download.reports(0));
        verified(0, 0);
        assertTrue(download.verified().get(0));
        assertEquals(List.of(0), pieces(download.reports(0)));
    }

    @Test
    void aFailureIsToldAtOnceAfterWhatTheLeaseBrought() {
        grant(0, PARENT, 0, 4);
        for (int piece = 8; piece < 16; piece++) {
            grant(piece, OTHER, piece, 1);
        }
        started();
        verified(0, 0);
        verified(0, 1);
        failed(0, FailureReason.CORRUPT);
        assertEquals(
                List.of(
                        new DownloadReport.Verified(0, new PieceRun(0, 2), 2 * TOOK),
                        new DownloadReport.Failed(0, FailureReason.CORRUPT)),
                download.reports(0));
        assertEquals(2, download.verified().count());
    }

    @Test
    void anEndedLeaseDoesNotFailAgain() {
        grant(0, PARENT, 0, 1);
        started();
        verified(0, 0);
        download.reports(0);
        failed(0, FailureReason.STALLED);
        assertEquals(List.of(), download.reports(0));
    }

    @Test
    void anExpiredLeaseIsReturned() {
        download.granted(new Lease(5, KEY, PieceRun.of(0), PARENT, 100));
        assertEquals(List.of(), download.next(100));
        assertEquals(List.of(new DownloadReport.Failed(5, FailureReason.RETURNED)), download.reports(100));
    }

    @Test
    void aLeaseOfWhatIsHeldMeanwhileIsReturnedAndOthersAreCutToWhatIsMissing() {
        download.verified().set(2);
        download.verified().set(4);
        download.verified().set(5);
        grant(0, PARENT, 2, 1);
        grant(1, PARENT, 2, 4);
        assertEquals(List.of(new Transfer(1, PieceRun.of(3), PARENT)), download.next(0), "pieces 2, 4 and 5 are there");
        assertEquals(List.of(new DownloadReport.Failed(0, FailureReason.RETURNED)), download.reports(0));
    }

    @Test
    void itIsCompleteWithTheLastPieceAndSaysSoAtOnce() {
        PieceMap almost = PieceMap.full(PIECES);
        almost.clear(9);
        PeerDownload resumed = new PeerDownload(KEY, new PieceGeometry(PIECES, 1), almost, limits);
        assertFalse(resumed.complete());
        resumed.granted(lease(0, PARENT, 9, 1));
        assertEquals(1, resumed.next(0).size());
        resumed.settle(new PieceOutcome.Verified(0, 9, TOOK), 0);
        assertTrue(resumed.complete());
        assertEquals(List.of(9), pieces(resumed.reports(0)));
        assertEquals(0, resumed.leases());
    }

    @Test
    void withTheLinkWhatHasNotStartedIsGoneAndWhatHasGoesOn() {
        for (int piece = 0; piece < 4; piece++) {
            grant(piece, PARENT, piece, 1);
        }
        started();
        download.linkLost();
        assertEquals(2, download.leases());
        verified(0, 0);
        verified(1, 1);
        assertEquals(List.of(), started());
        assertEquals(2, download.verified().count());
    }

    @Test
    void leasesOfAnotherContentOrBeyondTheEndAreRefused() {
        ContentKey other = ContentKey.ofSha256Hex("b".repeat(64));
        assertThrows(
                IllegalArgumentException.class,
                () -> download.granted(new Lease(0, other, PieceRun.of(0), PARENT, Long.MAX_VALUE)));
        assertThrows(IllegalArgumentException.class, () -> grant(0, PARENT, PIECES - 1, 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PeerDownload(KEY, new PieceGeometry(PIECES, 1), new PieceMap(PIECES + 1), limits));
        assertThrows(IllegalArgumentException.class, () -> new DownloadLimits(0, 1, 1));
    }

    private void grant(long id, Source source, int first, int count) {
        download.granted(lease(id, source, first, count));
    }

    private static Lease lease(long id, Source source, int first, int count) {
        return new Lease(id, KEY, new PieceRun(first, count), source, Long.MAX_VALUE);
    }

    private List<Long> started() {
        return download.next(0).stream().map(Transfer::leaseId).toList();
    }

    private void verified(long lease, int piece) {
        download.settle(new PieceOutcome.Verified(lease, piece, TOOK), 0);
    }

    private void failed(long lease, FailureReason reason) {
        download.settle(new PieceOutcome.Failed(lease, reason), 0);
    }

    /** All pieces reported verified, in ascending order; none may be reported twice. */
    private static List<Integer> pieces(List<DownloadReport> reports) {
        Map<Integer, Integer> times = new TreeMap<>();
        for (DownloadReport report : reports) {
            if (report instanceof DownloadReport.Verified(long _, PieceRun run, long _)) {
                for (int piece = run.first(); piece < run.end(); piece++) {
                    times.merge(piece, 1, Integer::sum);
                }
            }
        }
        assertTrue(times.values().stream().allMatch(count -> count == 1), "reported twice: " + times);
        return List.copyOf(times.keySet());
    }
}
