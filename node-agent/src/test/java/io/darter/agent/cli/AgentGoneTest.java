package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the darter command says and does when its agent hangs, ends, or is started anew. */
@Timeout(60)
class AgentGoneTest {
    private static final byte[] BYTES = new byte[3_000_000];
    private static final String WHOLE = "Darter-Content: sha256-1\r\nContent-Length: 3000000\r\n\r\n";

    static {
        new Random(5).nextBytes(BYTES);
    }

    @TempDir
    Path folder = Path.of("replaced");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** It has the socket, as a stopped process has, and takes nobody in. */
    @Test
    void aFrozenAgentIsSaidAfterFiveSeconds() throws Exception {
        try (ServerSocketChannel frozen = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            frozen.bind(UnixDomainSocketAddress.of(socket()));
            StringWriter found = new StringWriter();
            AtomicInteger doctorsCode = new AtomicInteger();
            Thread doctor = Thread.ofVirtual()
                    .start(() -> doctorsCode.set(Darter.command(Map.of())
                            .setOut(new PrintWriter(found, true))
                            .execute("doctor", "--socket", socket().toString())));
            assertEquals(5, darter("status"), err::toString);
            assertTrue(err.toString().contains("does not answer within 5 s"), err::toString);
            assertTrue(err.toString().contains("AGENT_UNREACHABLE"), err::toString);
            doctor.join();
            assertEquals(7, doctorsCode.get());
            assertTrue(found.toString().contains("fail  agent"), found::toString);
            assertTrue(found.toString().contains("does not answer within 5 s"), found::toString);
        }
    }

    @Test
    void aGetGoesOnWithTheAgentThatComesBack() throws Exception {
        byte[] first = answer("200 OK\r\n" + WHOLE, Arrays.copyOf(BYTES, 2_000_000));
        Thread gone = agent(first);
        Thread back = Thread.ofVirtual().start(() -> {
            join(gone);
            sleep(1_000);
            join(agent(
                    answer("200 OK\r\nContent-Length: 4\r\n\r\n", "0 0\n".getBytes(StandardCharsets.US_ASCII)),
                    answer(
                            "200 OK\r\nDarter-Content: sha256-1\r\nDarter-From: 2000000\r\nContent-Length: 1000000\r\n\r\n",
                            Arrays.copyOfRange(BYTES, 2_000_000, 3_000_000))));
        });
        assertEquals(0, get("--json"), err::toString);
        back.join();
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertTrue(asked.getLast().contains("&from=2000000&content=sha256-1 "), asked::toString);
        assertTrue(out.toString().contains("\"bytes\":3000000"), out::toString);
        assertTrue(err.toString().contains("waiting for it to come back"), err::toString);
    }

    /** Its word for that it is stopping is the code of an interrupted command, and not to be taken for Ctrl-C. */
    @Test
    void anAgentThatIsStoppingIsAskedAgain() throws Exception {
        byte[] stopping =
                "{\"code\":\"INTERRUPTED\",\"happened\":\"the agent is stopping\"}".getBytes(StandardCharsets.US_ASCII);
        Thread agent = agent(
                answer("500 Not Now\r\nContent-Length: " + stopping.length + "\r\n\r\n", stopping),
                answer("200 OK\r\nContent-Length: 4\r\n\r\n", "0 0\n".getBytes(StandardCharsets.US_ASCII)),
                answer("200 OK\r\n" + WHOLE, BYTES));
        assertEquals(0, get(), err::toString);
        agent.join();
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
    }

    @Test
    void anAgentThatBreaksTheConnectionAndStaysAwayIsUnreachable() {
        AgentSocket gone = new AgentSocket(socket());
        GetWish wish = GetWish.of("http://h/f", folder.resolve("out"), "", socket());
        AgentReturn waiting =
                new AgentReturn(gone, wish, Deadline.never(), new PrintWriter(err, true), Duration.ofMillis(300));
        DarterException lost = gone.lost("Asking", new IOException("Connection reset"));
        assertTrue(AgentReturn.mayCome(lost));
        DarterException refused = assertThrows(DarterException.class, () -> waiting.await(lost, 7));
        assertEquals(ErrorCode.AGENT_UNREACHABLE, refused.code());
        assertTrue(refused.happened().contains("Connection reset"), refused::happened);
        assertTrue(refused.advice().contains("goes on from what has come"), refused::advice);
    }

    @Test
    void theTimeOfTheCommandEndsTheWaitForTheAgentToo() throws Exception {
        agent(answer("200 OK\r\n" + WHOLE, Arrays.copyOf(BYTES, 2_000_000)));
        assertEquals(8, get("--timeout", "1500ms"), err::toString);
        assertTrue(Files.size(folder.resolve("out.part")) >= 2_000_000);
    }

    private int get(String... more) {
        List<String> words = new java.util.ArrayList<>(List.of("get", "http://h/f", "-o"));
        words.add(folder.resolve("out").toString());
        words.addAll(List.of(more));
        return darter(words.toArray(String[]::new));
    }

    private int darter(String... arguments) {
        return Darter.command(Map.of("DARTER_SOCKET", socket().toString()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Path socket() {
        return folder.resolve("agent.sock");
    }

    /** Gives these answers, one for each connection, and is gone then. Listens when this returns. */
    private Thread agent(byte[]... answers) {
        try {
            Files.deleteIfExists(socket());
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket()));
            return Thread.ofVirtual().start(() -> serve(server, answers));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(ServerSocketChannel server, byte[]... answers) {
        try (server) {
            for (byte[] answer : answers) {
                try (SocketChannel caller = server.accept()) {
                    ByteBuffer request = ByteBuffer.allocate(8192);
                    caller.read(request);
                    asked.add(new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII));
                    for (ByteBuffer left = ByteBuffer.wrap(answer); left.hasRemaining(); ) {
                        caller.write(left);
                    }
                }
            }
        } catch (IOException e) {
            asked.add(e.toString());
        }
    }

    private static byte[] answer(String head, byte[] body) {
        byte[] first = ("HTTP/1.1 " + head).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(first.length + body.length)
                .put(first)
                .put(body)
                .array();
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
