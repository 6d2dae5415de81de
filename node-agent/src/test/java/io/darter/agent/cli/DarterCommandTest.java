package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.darter.agent.config.RegistrySettings;
import io.darter.agent.control.AgentStatus;
import io.darter.agent.control.ControlHandler;
import io.darter.agent.health.Traffic;
import io.darter.agent.http.Endpoint;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.HttpServerSettings;
import io.darter.agent.origin.HttpOriginClient;
import io.darter.agent.origin.Registries;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.schedulerlink.RemoteMetaDesk;
import io.darter.agent.schedulerlink.SchedulerLink;
import io.darter.agent.store.DiskPieceStore;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.TaskParts;
import io.darter.agent.task.TaskRegistry;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The darter command against an agent without a cluster and a real HTTP origin. */
@Timeout(90)
class DarterCommandTest {
    private static final byte[] BYTES = new byte[3_000_000];
    private static final String DIGEST;

    static {
        new Random(7).nextBytes(BYTES);
        DIGEST = "sha256:" + HexFormat.of().formatHex(Sha256.of(BYTES));
    }

    @TempDir
    Path folder = Path.of("");

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private int originPort;

    @BeforeEach
    void start() throws Exception {
        HttpServer origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/file", exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"1\"");
            answer(exchange, 200, BYTES);
        });
        origin.createContext("/denied", exchange -> answer(exchange, 403, new byte[0]));
        origin.createContext("/chunked", exchange -> {
            exchange.sendResponseHeaders(200, exchange.getRequestMethod().equals("HEAD") ? -1 : 0);
            try (OutputStream body = exchange.getResponseBody()) {
                if (exchange.getRequestMethod().equals("GET")) {
                    body.write(new byte[1000]);
                }
            }
        });
        origin.start();
        parts.add(() -> origin.stop(0));
        originPort = origin.getAddress().getPort();
        agent();
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, int status, byte[] body)
            throws java.io.IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        try (OutputStream stream = exchange.getResponseBody()) {
            if (!head) {
                stream.write(body);
            }
        }
    }

    private void agent() throws Exception {
        DiskPieceStore store = new DiskPieceStore(folder.resolve("store"), 1 << 30, InstantSource.system());
        store.start();
        HttpOriginClient origin =
                new HttpOriginClient(new Registries(List.<RegistrySettings>of()), InstantSource.system());
        EventLoops loops = new EventLoops(1);
        SchedulerLink link = new SchedulerLink(new SchedulerLink.Settings(
                Optional.empty(),
                List::of,
                () -> {
                    throw new IllegalStateException();
                },
                () -> {
                    throw new IllegalStateException();
                },
                () -> {
                    throw new IllegalStateException();
                },
                InstantSource.system(),
                System::nanoTime,
                new SplittableRandom(1)));
        TaskRegistry tasks =
                new TaskRegistry(new TaskParts(store, new NoPeers(), origin, link, new Traffic(), System::nanoTime));
        RemoteMetaDesk desk = new RemoteMetaDesk(link, System::nanoTime);
        AgentStatus status = new AgentStatus(
                "1", "n1", "node-one", "c", "node", true, "passed", 1, 2, 3, 4, 5, 6, 7, tasks.progress());
        io.darter.agent.http.HttpServer control = new io.darter.agent.http.HttpServer(
                "control",
                loops,
                HttpServerSettings.of(new Endpoint.Unix(folder.resolve("agent.sock"))),
                new ControlHandler(tasks, store, origin, desk, () -> status, folder.resolve("hand")));
        control.start();
        parts.addAll(0, List.of(control, tasks, link, origin, loops, store));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : parts) {
            part.close();
        }
    }

    @Test
    void aFileArrivesWholeAndItsPartIsGone() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--json"), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertFalse(Files.exists(folder.resolve("out.part")));
        assertTrue(out.toString().contains("\"bytes\":3000000"), out.toString());
    }

    @Test
    void aLargeFileIsCopiedFromTheStoreAsItArrivesAndWhenItIsThere() throws Exception {
        for (String name : List.of("cold", "warm")) {
            assertEquals(0, darter("get", url("/file"), "-o", file(name), "--json"), err::toString);
            assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve(name)));
        }
        assertEquals(2, out.toString().split("\"placed\":\"copied\"", -1).length - 1, out.toString());
        awaitNothingHandedOut();
        Files.write(folder.resolve("warm"), new byte[1]);
        assertEquals(0, darter("get", url("/file"), "-o", file("again")), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("again")), "the copy is the caller's own");
    }

    @Test
    void aFileThatIsNotToBeReadIsReceivedInstead() throws Exception {
        Files.createFile(folder.resolve("hand")); // nothing can be handed out
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--json"), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertTrue(out.toString().contains("\"placed\":\"received\""), out.toString());
    }

    @Test
    void aLinkedFileIsTheStoresOwnUntilSomebodyWritesToIt() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--link", "--json"), err::toString);
        assertTrue(out.toString().contains("\"placed\":\"linked\""), out.toString());
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertEquals(2, Files.getAttribute(folder.resolve("out"), "unix:nlink"));
        awaitNothingHandedOut();

        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--link"), err::toString);
        assertFalse(Files.exists(folder.resolve("out.part")), "linked already");
        awaitNothingHandedOut();

        try (FileChannel channel = FileChannel.open(folder.resolve("out"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~BYTES[0]}), 0);
        }
        assertEquals(0, darter("get", url("/file"), "-o", file("other")), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("other")));
        assertEquals((byte) ~BYTES[0], Files.readAllBytes(folder.resolve("out"))[0], "theirs stays as they made it");
    }

    @Test
    void whereALinkIsNotPossibleTheFileIsCopied() throws Exception {
        Path elsewhere = Path.of(
                "/dev/shm/darter-command-test-" + ProcessHandle.current().pid());
        assumeTrue(Files.isWritable(elsewhere.getParent()), "NOT RUN: there is no other file system");
        try {
            assertEquals(0, darter("get", url("/file"), "-o", elsewhere.toString(), "--link", "--json"), err::toString);
            assertArrayEquals(BYTES, Files.readAllBytes(elsewhere));
            assertTrue(out.toString().contains("\"placed\":\"copied\""), out.toString());
            assertTrue(err.toString().contains("cannot be linked"), err.toString());
        } finally {
            Files.deleteIfExists(elsewhere);
        }
    }

    @Test
    void whatIsPinnedIsSaid() throws Exception {
        assertEquals(3, darter("pin", DIGEST), err::toString);
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertEquals(0, darter("pin", DIGEST), err::toString);
        assertEquals(Set.of(new ContentKey(DIGEST.replace(':', '-'))), store().pinned());
        assertEquals(0, darter("unpin", DIGEST), err::toString);
        assertEquals(Set.of(), store().pinned());
        assertEquals(2, darter("pin", "nonsense"), err::toString);
    }

    private DiskPieceStore store() {
        return (DiskPieceStore) parts.stream()
                .filter(part -> part instanceof DiskPieceStore)
                .findFirst()
                .orElseThrow();
    }

    /** The agent notices that the command has gone. */
    private void awaitNothingHandedOut() throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            try (var names = Files.list(folder.resolve("hand"))) {
                if (names.findAny().isEmpty()) {
                    return;
                }
            }
            assertTrue(System.nanoTime() < deadline, "a name stays");
            Thread.sleep(5);
        }
    }

    @Test
    void theRightDigestIsAccepted() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
    }

    @Test
    void aWrongDigestEndsWith6AndLeavesNoFile() {
        String wrong = "sha256:" + "0".repeat(64);
        assertEquals(6, darter("get", url("/file"), "-o", file("out"), "--digest", wrong), err::toString);
        assertTrue(err.toString().contains("DIGEST_MISMATCH"), err.toString());
        assertFalse(Files.exists(folder.resolve("out")));
        assertFalse(Files.exists(folder.resolve("out.part")));
    }

    @Test
    void anOlderFileStaysWhenTheNewOneCannotBeHad() throws Exception {
        Files.writeString(folder.resolve("out"), "old");
        assertEquals(3, darter("get", url("/nothing"), "-o", file("out")));
        assertEquals("old", Files.readString(folder.resolve("out")));
    }

    @Test
    void eachFailureHasItsExitCode() {
        assertEquals(3, darter("get", url("/nothing"), "-o", file("out")), err::toString);
        assertEquals(4, darter("get", url("/denied"), "-o", file("out")), err::toString);
        assertEquals(5, darter("get", "http://127.0.0.1:1/file", "-o", file("out")), err::toString);
        assertEquals(2, darter("get", "ftp://127.0.0.1/file", "-o", file("out")), err::toString);
        assertEquals(2, darter("get", url("/file"), "-o", file("out"), "--digest", "md5:1"), err::toString);
        assertEquals(2, darter("get", url("/file"), "-o", folder.toString()), err::toString);
        assertEquals(2, darter("get", url("/file")), err::toString);
        assertEquals(2, darter("nonsense"), err::toString);
        assertEquals(1, darter("get", url("/file"), "-o", file("no/such/folder/out")), err::toString);
    }

    @Test
    void anAnswerWithoutALengthArrivesToo() throws Exception {
        assertEquals(0, darter("get", url("/chunked"), "-o", file("out")), err::toString);
        assertEquals(1000, Files.size(folder.resolve("out")));
    }

    @Test
    void aMissingAgentIsSaidWithAdvice() {
        CommandLine command = command(folder.resolve("nobody.sock"));
        assertEquals(5, command.execute("get", url("/file"), "-o", file("out"), "--json"));
        assertTrue(err.toString().contains("Start darter-agent"), err.toString());
        assertTrue(out.toString().contains("\"code\":\"AGENT_UNREACHABLE\""), out.toString());
    }

    @Test
    void statusIsForPeopleAndForScripts() {
        assertEquals(0, darter("status"));
        assertTrue(out.toString().contains("node-one (n1)"), out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, darter("status", "--json"));
        assertTrue(out.toString().contains("\"nodeName\":\"node-one\""), out.toString());
    }

    private int darter(String... arguments) {
        return command(folder.resolve("agent.sock")).execute(arguments);
    }

    private CommandLine command(Path socket) {
        return Darter.command(Map.of("DARTER_SOCKET", socket.toString()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }

    private String url(String path) {
        return "http://127.0.0.1:" + originPort + path;
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static final class NoPeers implements PieceClient {
        @Override
        public PieceBody fetch(Parent parent, ContentKey key, PieceRun run, long bytesExpected) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
