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
import io.darter.agent.schedulerlink.Neighbours;
import io.darter.agent.store.MemoryPieceStore;
import io.darter.agent.store.Sha256;
import io.darter.swarm.Lease;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A download whose scheduler is away, with partners. */
@Timeout(60)
class AloneTest {
    private static final int PIECE_BYTES = 128 << 10;
    private static final int PIECES = 8;
    private static final byte[] BYTES = new byte[PIECES * PIECE_BYTES - 500];

    private final FakeSources sources = new FakeSources(BYTES, PIECE_BYTES);
    private final FakeScheduler scheduler = new FakeScheduler();
    private final TaskRegistry tasks = new TaskRegistry(
            new TaskParts(new MemoryPieceStore(), sources, sources, scheduler, new Traffic(), System::nanoTime));
    private final ContentSource source = ContentSource.blob(
            URI.create("http://127.0.0.1/blob"),
            "127.0.0.1",
            "repo",
            "sha256:" + HexFormat.of().formatHex(Sha256.of(BYTES)),
            BYTES.length);

    static {
        new Random(7).nextBytes(BYTES);
    }

    @BeforeEach
    void noScheduler() {
        scheduler.linked = false;
        scheduler.neighbours =
                new Neighbours(Optional.of(new NodeId("self")), List.of(parent("a"), parent("b"), parent("c")));
    }

    @AfterEach
    void stop() {
        tasks.close();
    }

    @Test
    void whatPartnersHoldIsNotAskedOfTheOrigin() throws Exception {
        sources.held.put("a", PieceMap.full(PIECES));
        assertArrayEquals(BYTES, read());
        assertEquals(0, askedOfTheOrigin());
    }

    @Test
    void theOriginGivesOnlyWhatNobodyHolds() throws Exception {
        sources.held.put("a", some(0, 3));
        sources.held.put("b", some(2, 6));
        assertArrayEquals(BYTES, read());
        assertTrue(
                sources.asked.stream()
                        .filter(asked -> asked.startsWith("origin"))
                        .allMatch(asked -> from(asked) >= 6),
                sources.asked.toString());
    }

    @Test
    void aPartnerThatIsDamagedOrGoneIsDoneWithout() throws Exception {
        sources.held.put("a", PieceMap.full(PIECES));
        sources.held.put("b", PieceMap.full(PIECES));
        sources.held.put("c", PieceMap.full(PIECES));
        sources.parents.put("a", FakeSources.Fault.CORRUPT);
        sources.parents.put("b", FakeSources.Fault.MISSING);
        assertArrayEquals(BYTES, read());
        assertEquals(0, askedOfTheOrigin());
    }

    @Test
    void afterALieThatOnlyTheWholeShowsTheOriginIsAskedAlone() throws Exception {
        sources.held.put("a", PieceMap.full(PIECES));
        sources.parents.put("a", FakeSources.Fault.LIES);
        DarterException lied = assertThrows(DarterException.class, this::read);
        assertEquals(ErrorCode.SOURCE_LIED, lied.code());
        while (!tasks.progress().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(5); // the download that failed tidies up
        }
        assertArrayEquals(BYTES, read());
    }

    @Test
    void aSchedulerThatIsLinkedAndSilentIsDoneWithout() throws Exception {
        scheduler.linked = true;
        scheduler.silent = true;
        scheduler.onWant(wanted -> tasks.described(source.key(), BYTES.length, PIECE_BYTES, false));
        sources.held.put("b", PieceMap.full(PIECES));
        assertArrayEquals(BYTES, read());
        assertEquals(0, askedOfTheOrigin());
    }

    @Test
    void partnersThatTheSchedulerNamedServeWhenItIsGone() throws Exception {
        scheduler.linked = true;
        scheduler.neighbours = new Neighbours(Optional.of(new NodeId("self")), List.of());
        scheduler.onWant(wanted -> {
            tasks.described(source.key(), BYTES.length, PIECE_BYTES, false);
            tasks.partners(source.key(), List.of(parent("d")));
            tasks.granted(new GrantedLease(
                    new Lease(1, source.key(), new PieceRun(0, 2), Source.ORIGIN, Long.MAX_VALUE),
                    Optional.empty(),
                    new byte[0]));
        });
        sources.held.put("d", PieceMap.full(PIECES));
        ContentTask task = tasks.startOrJoin(source, "task", true);
        scheduler.await(message -> message.startsWith("verified 1 "));
        scheduler.linked = false;
        tasks.unlinked();
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        copy(task, got);
        assertArrayEquals(BYTES, got.toByteArray());
        assertEquals(1, askedOfTheOrigin());
    }

    private byte[] read() throws Exception {
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        copy(tasks.startOrJoin(source, "task", true), got);
        return got.toByteArray();
    }

    private static void copy(ContentTask task, ByteArrayOutputStream got) throws Exception {
        task.copyTo(
                bytes -> {
                    byte[] part = new byte[bytes.remaining()];
                    bytes.get(part);
                    got.writeBytes(part);
                },
                0,
                task.sizeBytes());
    }

    private long askedOfTheOrigin() {
        return sources.asked.stream()
                .filter(asked -> asked.startsWith("origin"))
                .count();
    }

    private static int from(String asked) {
        return Integer.parseInt(asked.substring("origin ".length(), asked.indexOf('-'))) / PIECE_BYTES;
    }

    private static PieceMap some(int first, int end) {
        PieceMap map = new PieceMap(PIECES);
        for (int piece = first; piece < end; piece++) {
            map.set(piece);
        }
        return map;
    }

    private static Parent parent(String node) {
        return new Parent(new NodeId(node), "127.0.0.1", 4000, new byte[0]);
    }
}
