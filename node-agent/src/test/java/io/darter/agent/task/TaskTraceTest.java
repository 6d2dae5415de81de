package io.darter.agent.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskTraceTest {
    private static final long MILLI = 1_000_000;
    private static final int PIECE_BYTES = 1_000_000;
    private static final int PIECES = 10;

    private final ContentSource source = new ContentSource(
            ContentKey.ofSha256Hex("ab".repeat(32)),
            (long) PIECES * PIECE_BYTES,
            "",
            true,
            URI.create("https://files.example/big?X-Amz-Signature=secret"),
            "",
            "",
            "",
            "");
    private final TaskTrace trace = new TaskTrace(source, "https://files.example/big", 0);

    @Test
    void theFirstNodeOfAClusterIsToldWhyItWentToTheOrigin() {
        opened();
        trace.asked(0, 0);
        transfer(1, Source.ORIGIN, 0, PIECES, 10);
        end(2000);
        assertVerdict("because no peer had it: this is the first node of the cluster");
        assertEquals(10_000_000, view().originBytes());
        assertEquals(100, view().percent());
    }

    @Test
    void aSlowOnlyParentIsNamedWithItsSpeed() {
        opened();
        trace.asked(0, 0);
        transfer(1, peer("a"), 0, PIECES, 500);
        end(5000);
        assertVerdict("Came from one other node.");
        assertVerdict("node a (10.0.0.1), which delivered 2.0 MB/s and was the only source");
    }

    @Test
    void whileTheSchedulerAnswersItIsNotTheSchedulerThatIsWaitedFor() {
        waited(true);
        transfer(1, peer("seed"), 0, PIECES, 1);
        end(3200);
        assertVerdict("Waited 3.1 s because no node had the missing pieces to give yet");
        assertVerdict("the whole cluster waits for who fetches them from the origin");
        assertVerdict("darter tasks explain abababababab tells on node seed (10.0.0.1), which delivered first.");
        assertTrue(view().verdict().stream().noneMatch(words -> words.contains("scheduler")), view()::toString);
        assertEquals(3100, view().schedulerWaitMillis());
    }

    @Test
    void whereNobodyHasDeliveredYetTheSeedIsNamed() {
        waited(true);
        assertVerdict("tells on the seed, or the node that fetches.");
    }

    @Test
    void theFetcherItselfIsNotSentElsewhere() {
        waited(true);
        transfer(1, Source.ORIGIN, 0, PIECES, 1);
        assertVerdict("until the scheduler let this node to the origin again");
    }

    @Test
    void aSilentSchedulerIsWaitedFor() {
        waited(false);
        transfer(1, peer("a"), 0, PIECES, 1);
        end(3200);
        assertVerdict("Waited 3.1 s for the scheduler, which did not answer.");
        assertTrue(view().verdict().stream().noneMatch(words -> words.contains("no node had")), view()::toString);
    }

    private void waited(boolean answered) {
        opened();
        trace.asked(0, 0);
        trace.idle(true, answered, 0);
        trace.idle(true, answered, 1000 * MILLI);
        trace.idle(false, answered, 3100 * MILLI);
    }

    @Test
    void aCallerThatReadsSlowlyIsFound() {
        opened();
        transfer(1, peer("a"), 0, PIECES, 1);
        trace.callerTook(100 * MILLI, 100 * MILLI, 200 * MILLI);
        trace.callerTook(4000 * MILLI, 3900 * MILLI, 4200 * MILLI);
        trace.callerTook(30 * MILLI, 30 * MILLI, 4300 * MILLI); // another caller
        end(4500);
        assertVerdict("The caller read slowly: back-pressure for 4.0 s.");
        assertEquals(100, view().firstByteMillis());
    }

    @Test
    void withoutASchedulerTheReasonIsSaidOnce() {
        opened();
        GrantedLease own = lease(-1, Source.ORIGIN, 0, PIECES);
        trace.helpsItself(own, "it could not be reached", 500 * MILLI);
        trace.helpsItself(lease(-2, Source.ORIGIN, 5, 5), "it could not be reached", 600 * MILLI);
        arrive(-1, 0, PIECES, 10);
        end(900);
        assertVerdict("the node went on without the scheduler: it could not be reached");
        assertEquals(
                1,
                view().events().stream()
                        .filter(event -> event.kind().equals("alone"))
                        .count());
    }

    @Test
    void failuresRefusalsAndRevocationsAreCountedForEachSource() {
        opened();
        trace.took(new DownloadMessage.Granted(lease(1, peer("a"), 0, 5)), 0);
        trace.started(new Transfer(1, new PieceRun(0, 5), peer("a")));
        arrive(1, 0, 2, 10);
        DarterException cause = new DarterException(ErrorCode.NO_SOURCE, "Fetching", "no byte for 1 s", "Ask again.");
        trace.took(new DownloadMessage.TransferFailed(1, FailureReason.STALLED, cause), 50 * MILLI);
        trace.gaveBack(1, FailureReason.STALLED, "told the scheduler", 50 * MILLI);
        trace.took(new DownloadMessage.Granted(lease(2, peer("a"), 5, 5)), 60 * MILLI);
        trace.took(new DownloadMessage.Revoked(2), 70 * MILLI);
        trace.gaveBack(2, FailureReason.RETURNED, "", 70 * MILLI);
        trace.took(new DownloadMessage.Granted(lease(3, peer("a"), 5, 5)), 80 * MILLI);
        trace.gaveBack(3, FailureReason.RETURNED, "a peer's lease without digests", 80 * MILLI);
        ContentTrace.SourceShare share = view().sources().getFirst();
        assertEquals(1, share.failed());
        assertEquals(1, share.revoked());
        assertEquals(1, share.refused());
        assertEquals(2, share.pieces());
        assertEquals("STALLED: no byte for 1 s", share.lastFailure());
        assertVerdict("Node a (10.0.0.1) failed once, last: STALLED: no byte for 1 s.");
    }

    @Test
    void aFailureComesFirst() {
        opened();
        trace.took(new DownloadMessage.Granted(lease(1, Source.ORIGIN, 0, PIECES)), 0);
        trace.failed(
                new DarterException(
                        ErrorCode.ORIGIN_DENIED, "Fetching x", "the origin answered 403", "Set it.", 403, null),
                10 * MILLI);
        assertEquals("failed", view().state());
        assertTrue(view().verdict().getFirst().startsWith("Failed: Fetching x: the origin answered 403"));
    }

    @Test
    void whatWasHereBeforeIsNotCalledFetched() {
        TaskTrace stored = TaskTrace.ofStored(source, "task", new PieceGeometry(source.sizeBytes(), PIECE_BYTES), 0);
        stored.served(10_000_000);
        ContentTrace view = stored.view(5 * MILLI);
        assertEquals(List.of("Was in this node's store: nothing was fetched."), view.verdict());
        assertEquals(10_000_000, view.servedBytes());
    }

    @Test
    void theQueryOfAUrlIsNotKept() {
        assertEquals("https://files.example/big", view().url());
        assertFalse(view().toString().contains("secret"));
    }

    @Test
    void eventsAreBoundedAndTheEndStaysVisible() {
        opened();
        for (int i = 0; i < 1000; i++) {
            trace.took(new DownloadMessage.Unlinked(), i * MILLI);
        }
        end(2000);
        ContentTrace view = view();
        assertEquals(256, view.events().size());
        assertEquals(1000 + 1 - 256, view.eventsLeftOut());
        assertEquals("committed", view.events().getLast().kind());
        assertEquals(0, view.events().getFirst().atMillis());
    }

    @Test
    void theBookKeepsRunningContentsAndTheNewestThatEnded() {
        TraceBook book = new TraceBook();
        book.begin(source.key(), trace);
        for (int i = 0; i < 300; i++) {
            ContentKey key = ContentKey.ofSha256Hex(String.format("%064x", i));
            TaskTrace ended = new TaskTrace(of(key), "task " + i, i * MILLI);
            ended.committed(0, i * MILLI);
            book.begin(key, ended);
        }
        assertEquals(256, book.list(0).size());
        assertEquals("task 299", book.list(0).getFirst().task());
        assertEquals(1, book.find("https://files.example/big", 0).size());
        assertTrue(book.find("task 0", 0).isEmpty());
        assertEquals(10, book.find("task 28", 0).size(), "by the beginning of the name: 280 to 289");
        assertEquals(1, book.find("sha256:" + "ab".repeat(32), 0).size());
        assertEquals(1, book.find("sha256-abab", 0).size());
        assertEquals(1, book.find("abab", 0).size());
    }

    private ContentSource of(ContentKey key) {
        return new ContentSource(key, 1, "", true, source.url(), "", "", "", "");
    }

    private void opened() {
        trace.opened(new PieceGeometry(source.sizeBytes(), PIECE_BYTES), 0);
    }

    private void transfer(long id, Source from, int first, int count, long millisEach) {
        trace.took(new DownloadMessage.Granted(lease(id, from, first, count)), 0);
        trace.started(new Transfer(id, new PieceRun(first, count), from));
        arrive(id, first, count, millisEach);
    }

    private void arrive(long id, int first, int count, long millisEach) {
        for (int piece = first; piece < first + count; piece++) {
            trace.took(
                    new DownloadMessage.PieceArrived(id, piece, millisEach * MILLI), (piece + 1) * millisEach * MILLI);
        }
    }

    private void end(long millis) {
        trace.committed(MILLI, millis * MILLI);
    }

    private ContentTrace view() {
        return trace.view(6000 * MILLI);
    }

    private void assertVerdict(String part) {
        List<String> verdict = view().verdict();
        assertTrue(verdict.stream().anyMatch(sentence -> sentence.contains(part)), verdict::toString);
    }

    private static Source peer(String node) {
        return new Source.Peer(new NodeId(node));
    }

    private GrantedLease lease(long id, Source from, int first, int count) {
        Optional<Parent> parent = from instanceof Source.Peer(NodeId node)
                ? Optional.of(new Parent(node, "10.0.0.1", 4000, new byte[0]))
                : Optional.empty();
        return new GrantedLease(
                new Lease(id, source.key(), new PieceRun(first, count), from, Long.MAX_VALUE), parent, new byte[0]);
    }
}
