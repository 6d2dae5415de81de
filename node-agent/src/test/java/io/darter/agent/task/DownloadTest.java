package io.darter.agent.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.health.Traffic;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.store.MemoryPieceStore;
import io.darter.agent.store.PieceStore;
import io.darter.agent.store.Sha256;
import io.darter.swarm.ContentKey;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.scheduling.FailureReason;
import io.darter.swarm.scheduling.SwarmEvent;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DownloadTest {
    private static final int PIECE_BYTES = 1000;
    private static final byte[] BYTES = randomBytes(4500);
    private static final int PIECES = 5;

    private final FakeSources sources = new FakeSources(BYTES, PIECE_BYTES);
    private final FakeScheduler scheduler = new FakeScheduler();
    private final PieceStore store = new MemoryPieceStore();
    private final Traffic traffic = new Traffic();
    private final TaskRegistry tasks =
            new TaskRegistry(new TaskParts(store, sources, sources, scheduler, traffic, System::nanoTime));
    private final ContentSource source = source(hex(BYTES));

    @AfterEach
    void stop() {
        tasks.close();
    }

    @Test
    void whatAPeerLeaseBringsIsVerifiedReportedAndHandedOn() throws Exception {
        describeOnWant();
        ContentTask task = tasks.startOrJoin(source, "task", true);
        CompletableFuture<byte[]> got = read(task);
        grant(1, "a", 0, 5);
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
        scheduler.await(message -> message.startsWith("delivered 4500"));
        assertTrue(scheduler.said().stream().anyMatch(message -> message.startsWith("verified 1 ")));
        awaitCommitted();
        assertEquals(4500, traffic.peerBytes.sum());
    }

    @Test
    void aCallerWhoWantsTheMiddleGetsItFirst() throws Exception {
        scheduler.linked = false;
        byte[] large = randomBytes(1_000_000);
        FakeSources origin = new FakeSources(large, 131_072);
        ContentSource middle = ContentSource.blob(
                URI.create("http://127.0.0.1/large"), "127.0.0.1", "repo", "sha256:" + hex(large), large.length);
        try (TaskRegistry own =
                new TaskRegistry(new TaskParts(store, origin, origin, scheduler, traffic, System::nanoTime))) {
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            copy(own.startOrJoin(middle, "task", true, 600_000), got, 600_000, 700_000);
            assertArrayEquals(Arrays.copyOfRange(large, 600_000, 700_000), got.toByteArray());
            assertEquals("origin 524288-1000000", origin.asked.getFirst());
            assertEquals(1_000_000, read(own.startOrJoin(middle, "task", true)).get(20, TimeUnit.SECONDS).length);
        }
    }

    @Test
    void theSchedulerIsToldWhereTheCallerBegins() throws Exception {
        java.util.concurrent.BlockingQueue<Long> offsets = new java.util.concurrent.LinkedBlockingQueue<>();
        scheduler.onWant(wanted -> offsets.add(wanted.readerOffset()));
        tasks.startOrJoin(source, "task", true, 3500);
        assertEquals(3500, offsets.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void whatHappenedCanBeAskedForAfterwards() throws Exception {
        sources.parents.put("liar", FakeSources.Fault.CORRUPT);
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grant(1, "liar", 0, 5);
        scheduler.await(message -> message.startsWith("failed 1 CORRUPT"));
        grantOrigin(2, 0, 5);
        got.get(20, TimeUnit.SECONDS);
        awaitCommitted();
        ContentTrace trace = tasks.explain("task").getFirst();
        assertEquals("done", trace.state());
        assertEquals(4500, trace.originBytes());
        assertTrue(trace.verdict().toString().contains("Node liar (127.0.0.1) failed once"), trace::toString);
        assertTrue(trace.events().stream().anyMatch(event -> event.kind().equals("proved")), trace::toString);
        assertTrue(trace.events().stream().anyMatch(event -> event.kind().equals("origin")), trace::toString);
        read(tasks.startOrJoin(source, "task", true)).get(20, TimeUnit.SECONDS);
        assertEquals(4500, tasks.explain("task").getFirst().servedBytes());
        assertEquals(1, tasks.traces().size());
    }

    @Test
    void whatTheOriginBringsIsReportedWithItsDigests() throws Exception {
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grantOrigin(7, 0, 5);
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
        int digests = scheduler.said().stream()
                .filter(message -> message.startsWith("verified 7"))
                .mapToInt(message -> Integer.parseInt(message.substring(message.indexOf("digests=") + 8)))
                .sum();
        assertEquals(PIECES, digests);
    }

    @Test
    void aCorruptPieceIsFetchedElsewhere() throws Exception {
        sources.parents.put("liar", FakeSources.Fault.CORRUPT);
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grant(1, "liar", 0, 5);
        scheduler.await(message -> message.equals("failed 1 CORRUPT 404") || message.startsWith("failed 1 CORRUPT"));
        grant(2, "b", 0, 5);
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
    }

    @Test
    void aStalledParentIsReportedAndWhatItBroughtIsKept() throws Exception {
        sources.parents.put("slow", FakeSources.Fault.STALLED);
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grant(1, "slow", 0, 5);
        scheduler.await(message -> message.startsWith("failed 1 STALLED"));
        grant(2, "b", 0, 5);
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
    }

    @Test
    void aPeersLeaseWithoutDigestsIsRefused() throws Exception {
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        awaitOpen();
        tasks.granted(new GrantedLease(
                lease(3, 0, 5, new Source.Peer(new NodeId("a"))), Optional.of(parent("a")), new byte[0]));
        scheduler.await(message -> message.startsWith("failed 3 RETURNED"));
        assertTrue(sources.asked.isEmpty());
        grant(4, "a", 0, 5);
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
    }

    @Test
    void aWrongWholeIsThrownAwayAndItsLastPieceNeverLeaves() throws Exception {
        byte[] other = randomBytes(10);
        ContentSource wrong = source(hex(other));
        scheduler.onWant(wanted -> tasks.described(wrong.key(), 4500, PIECE_BYTES, false));
        ContentTask task = tasks.startOrJoin(wrong, "task", true);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CompletableFuture<DarterException> failure = CompletableFuture.supplyAsync(
                () -> assertThrows(DarterException.class, () -> copy(task, received)),
                Executors.newVirtualThreadPerTaskExecutor());
        scheduler.await(message -> message.startsWith("want"));
        tasks.granted(originLease(1, wrong, 0, 1));
        awaitGiven(received);
        tasks.granted(originLease(2, wrong, 1, 4));
        // It has been given bytes: only asking again can help it.
        assertEquals(ErrorCode.SOURCE_LIED, failure.get(20, TimeUnit.SECONDS).code());
        assertTrue(received.size() <= 4000, "the last piece was emitted");
        scheduler.await(message -> message.equals("failed 0 CORRUPT 0"));
        // Readers hear of it first, so that none finds its bytes gone; then it goes.
        while (store.find(wrong.key())
                .filter(content -> content.verified().count() > 0)
                .isPresent()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    @Test
    void withoutASchedulerAWrongWholeIsTheOriginsFault() throws Exception {
        scheduler.linked = false;
        ContentSource wrong = source(hex(randomBytes(10)));
        ContentTask task = tasks.startOrJoin(wrong, "task", true);
        DarterException failure = assertThrows(DarterException.class, () -> copy(task, new ByteArrayOutputStream()));
        assertEquals(ErrorCode.DIGEST_MISMATCH, failure.code());
    }

    @Test
    void aCallerThatWasGivenNothingWaitsForTheRightBytes() throws Exception {
        describeOnWant();
        ContentTask task = tasks.startOrJoin(source, "task", true);
        CompletableFuture<byte[]> got = read(task);
        awaitOpen();
        tasks.discarded(source.key());
        scheduler.await(_ -> scheduler.said().stream()
                        .filter(message -> message.startsWith("want"))
                        .count()
                == 2);
        grant(2, "a", 0, 5);
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
    }

    @Test
    void twoCallersShareOneDownload() throws Exception {
        describeOnWant();
        ContentTask first = tasks.startOrJoin(source, "task", true);
        ContentTask second = tasks.startOrJoin(source, "task", true);
        assertEquals(first, second);
        CompletableFuture<byte[]> one = read(first);
        CompletableFuture<byte[]> two = read(second);
        grant(1, "a", 0, 5);
        assertArrayEquals(BYTES, one.get(20, TimeUnit.SECONDS));
        assertArrayEquals(BYTES, two.get(20, TimeUnit.SECONDS));
        assertEquals(1, sources.asked.size());
    }

    @Test
    void aFinishedContentIsHandedOnFromTheStore() throws Exception {
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grant(1, "a", 0, 5);
        got.get(20, TimeUnit.SECONDS);
        awaitCommitted();
        assertArrayEquals(BYTES, read(tasks.startOrJoin(source, "task", true)).get(20, TimeUnit.SECONDS));
        assertEquals(1, sources.asked.size());
        assertEquals(4500, traffic.localBytes.sum());
    }

    @Test
    void withoutASchedulerTheOriginIsAskedOnce() throws Exception {
        scheduler.linked = false;
        assertArrayEquals(BYTES, read(tasks.startOrJoin(source, "task", true)).get(20, TimeUnit.SECONDS));
        assertEquals(1, sources.asked.size());
        assertEquals("origin 0-4500", sources.asked.getFirst());
    }

    @Test
    void aLinkLostInTheMiddleIsGoneOnWithoutAndTakenUpAgain() throws Exception {
        describeOnWant();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grant(1, "a", 0, 2);
        scheduler.await(message -> message.startsWith("verified 1"));
        scheduler.linked = false;
        tasks.unlinked();
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
        assertTrue(sources.asked.contains("origin 2000-4500"), sources.asked.toString());
    }

    @Test
    void aNewLinkHearsWhatIsBeingFetchedSoThatNobodyElseIsSentForIt() throws Exception {
        describeOnWant();
        sources.originAnswers = new CountDownLatch(1);
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(source, "task", true));
        grantOrigin(7, 0, 5);
        sources.awaitAsked("origin 0-4500");
        scheduler.linked = false;
        tasks.unlinked();
        scheduler.linked = true;
        tasks.linked();
        String fetching =
                List.of(new SwarmEvent.Fetching(7, new PieceRun(0, 5))).toString();
        scheduler.await(message -> message.equals("want held=0 assist=false fetching=" + fetching));
        sources.originAnswers.countDown();
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
        assertEquals(List.of("origin 0-4500"), sources.asked);
    }

    @Test
    void anOriginThatRefusesSaysWhy() throws Exception {
        scheduler.linked = false;
        sources.originStatus = 404;
        DarterException failure =
                assertThrows(DarterException.class, () -> copy(tasks.startOrJoin(source, "task", true), null));
        assertEquals(ErrorCode.CONTENT_NOT_FOUND, failure.code());
        assertEquals(404, failure.originStatus());
    }

    @Test
    void whatTheSchedulerGivesUpFailsWithTheFetchersWords() throws Exception {
        describeOnWant();
        ContentTask task = tasks.startOrJoin(source, "task", true);
        CompletableFuture<DarterException> failure = CompletableFuture.supplyAsync(
                () -> assertThrows(DarterException.class, () -> copy(task, null)),
                Executors.newVirtualThreadPerTaskExecutor());
        tasks.gaveUp(source.key(), FailureReason.ORIGIN_REFUSED, "ORIGIN_TLS: the certificate has expired", 0);
        assertEquals(ErrorCode.ORIGIN_TLS, failure.get(20, TimeUnit.SECONDS).code());
        assertEquals("the certificate has expired", failure.get().happened());
    }

    @Test
    void anEmptyContentNeedsNoSource() throws Exception {
        byte[] none = new byte[0];
        ContentSource empty =
                ContentSource.blob(URI.create("http://127.0.0.1/empty"), "127.0.0.1", "repo", "sha256:" + hex(none), 0);
        assertEquals(0, read(tasks.startOrJoin(empty, "task", true)).get(20, TimeUnit.SECONDS).length);
        assertTrue(sources.asked.isEmpty());
    }

    @Test
    void aSeedAnswersAnAssistWithAWant() throws Exception {
        tasks.assist(source, "task");
        scheduler.await(message -> message.equals("want held=0 assist=true"));
    }

    @Test
    void whatIsHeldIsOfferedToANewLink() throws Exception {
        scheduler.linked = false;
        read(tasks.startOrJoin(source, "task", true)).get(20, TimeUnit.SECONDS);
        awaitCommitted();
        scheduler.linked = true;
        tasks.linked();
        scheduler.await(message -> message.equals("want held=1 assist=false"));
    }

    /** The content is named by another's digest: whoever hashed the whole would find it wrong. */
    @Test
    void digestsThatOthersHaveProvedSpareHashingTheWhole() throws Exception {
        ContentSource misnamed = source(hex(randomBytes(10)));
        scheduler.onWant(wanted -> tasks.described(misnamed.key(), 4500, PIECE_BYTES, true));
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(misnamed, "task", true));
        awaitOpen();
        tasks.granted(new GrantedLease(
                new Lease(1, misnamed.key(), new PieceRun(0, 5), new Source.Peer(new NodeId("a")), Long.MAX_VALUE),
                Optional.of(parent("a")),
                digests(0, 5)));
        assertArrayEquals(BYTES, got.get(20, TimeUnit.SECONDS));
    }

    @Test
    void onePieceThatNobodyVouchesForHasTheWholeHashed() throws Exception {
        ContentSource misnamed = source(hex(randomBytes(10)));
        scheduler.onWant(wanted -> tasks.described(misnamed.key(), 4500, PIECE_BYTES, true));
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CompletableFuture<byte[]> got = read(tasks.startOrJoin(misnamed, "task", true), received);
        awaitOpen();
        tasks.granted(peerLease(1, misnamed, 0, 4));
        awaitGiven(received);
        tasks.granted(originLease(2, misnamed, 4, 1));
        Exception failure = assertThrows(Exception.class, () -> got.get(20, TimeUnit.SECONDS));
        assertTrue(String.valueOf(failure.getCause()).contains("SOURCE_LIED"), failure::toString);
    }

    @Test
    void whoVerifiesFullyBelievesNobody() throws Exception {
        ContentSource misnamed = source(hex(randomBytes(10)));
        try (TaskRegistry wary =
                new TaskRegistry(new TaskParts(store, sources, sources, scheduler, traffic, System::nanoTime), true)) {
            scheduler.onWant(wanted -> wary.described(misnamed.key(), 4500, PIECE_BYTES, true));
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            CompletableFuture<byte[]> got = read(wary.startOrJoin(misnamed, "task", true), received);
            awaitOpen();
            wary.granted(peerLease(1, misnamed, 0, 1));
            awaitGiven(received);
            wary.granted(peerLease(2, misnamed, 1, 4));
            Exception failure = assertThrows(Exception.class, () -> got.get(20, TimeUnit.SECONDS));
            assertTrue(String.valueOf(failure.getCause()).contains("SOURCE_LIED"), failure::toString);
        }
    }

    private void describeOnWant() {
        scheduler.onWant(wanted -> tasks.described(source.key(), 4500, PIECE_BYTES, false));
    }

    private void grant(long id, String node, int first, int count) throws InterruptedException {
        awaitOpen();
        tasks.granted(new GrantedLease(
                lease(id, first, count, new Source.Peer(new NodeId(node))),
                Optional.of(parent(node)),
                digests(first, count)));
    }

    private static byte[] digests(int first, int count) {
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        for (int piece = first; piece < first + count; piece++) {
            digests.writeBytes(Sha256.of(
                    Arrays.copyOfRange(BYTES, piece * PIECE_BYTES, Math.min(BYTES.length, (piece + 1) * PIECE_BYTES))));
        }
        return digests.toByteArray();
    }

    private void grantOrigin(long id, int first, int count) throws InterruptedException {
        awaitOpen();
        tasks.granted(new GrantedLease(lease(id, first, count, Source.ORIGIN), Optional.empty(), new byte[0]));
    }

    /** Leases follow Describe in the same order that the link has. */
    private static GrantedLease originLease(long id, ContentSource of, int first, int count) {
        Lease lease = new Lease(id, of.key(), new PieceRun(first, count), Source.ORIGIN, Long.MAX_VALUE);
        return new GrantedLease(lease, Optional.empty(), new byte[0]);
    }

    private static GrantedLease peerLease(long id, ContentSource of, int first, int count) {
        Source node = new Source.Peer(new NodeId("a"));
        Lease lease = new Lease(id, of.key(), new PieceRun(first, count), node, Long.MAX_VALUE);
        return new GrantedLease(lease, Optional.of(parent("a")), digests(first, count));
    }

    /** From then on only asking again can help a caller when the whole is wrong. */
    private static void awaitGiven(ByteArrayOutputStream received) throws InterruptedException {
        for (int tries = 0; received.size() == 0; tries++) {
            assertTrue(tries < 20_000, "the caller was given nothing");
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private void awaitOpen() throws InterruptedException {
        scheduler.await(message -> message.startsWith("want"));
    }

    private void awaitCommitted() throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (store.find(source.key()).filter(content -> content.committed()).isEmpty()
                || !tasks.progress().isEmpty()) {
            assertTrue(System.nanoTime() < deadline, "not committed");
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private Lease lease(long id, int first, int count, Source from) {
        return new Lease(id, source.key(), new PieceRun(first, count), from, Long.MAX_VALUE);
    }

    private static Parent parent(String node) {
        return new Parent(new NodeId(node), "127.0.0.1", 4000, new byte[40]);
    }

    private static CompletableFuture<byte[]> read(ContentTask task) {
        return read(task, new ByteArrayOutputStream());
    }

    private static CompletableFuture<byte[]> read(ContentTask task, ByteArrayOutputStream received) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                copy(task, received);
                result.complete(received.toByteArray());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private static void copy(ContentTask task, @org.jspecify.annotations.Nullable ByteArrayOutputStream into)
            throws Exception {
        copy(task, into, 0, task.sizeBytes());
    }

    private static void copy(
            ContentTask task, @org.jspecify.annotations.Nullable ByteArrayOutputStream into, long from, long to)
            throws Exception {
        task.copyTo(
                (ByteBuffer bytes) -> {
                    byte[] chunk = new byte[bytes.remaining()];
                    bytes.get(chunk);
                    if (into != null) {
                        into.writeBytes(chunk);
                    }
                },
                from,
                to);
    }

    private static ContentSource source(String hex) {
        return new ContentSource(
                ContentKey.ofSha256Hex(hex),
                4500,
                "sha256:" + hex,
                true,
                URI.create("http://127.0.0.1:1/file"),
                "",
                "",
                "",
                "");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.of(bytes));
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
