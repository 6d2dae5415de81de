package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.darter.agent.EventLoopsNeverWait;
import io.darter.agent.store.DiskPieceStore;
import io.darter.swarm.ContentKey;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How the darter command takes large files from the store itself. */
@Timeout(90)
@ExtendWith(EventLoopsNeverWait.class)
class PlacementTest extends CommandAndAgent {
    private static final int ROUNDS = Integer.getInteger("darter.rounds", 10);

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
        awaitNothingHandedOut();
        assertEquals(2, Files.getAttribute(folder.resolve("out"), "unix:nlink"));

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

    /** The one who links writes at once, while another's answer may still be on its way. */
    @Test
    void nobodyGetsWhatWasWrittenIntoALinkedFile() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String seen = url("/file");
            Thread other = Thread.ofVirtual()
                    .start(() -> command(folder.resolve("agent.sock")).execute("get", seen, "-o", file("beside")));
            assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--link", "--json"), err::toString);
            try (FileChannel channel = FileChannel.open(folder.resolve("out"), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {(byte) ~BYTES[0]}), 0);
            }
            assertEquals(0, darter("get", url("/file"), "-o", file("other")), err::toString);
            other.join();
            assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("other")), "round " + round);
            assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("beside")), "beside, round " + round);
            Files.delete(folder.resolve("out"));
            Files.delete(folder.resolve("beside"));
        }
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
                if (names.allMatch(name -> name.endsWith("probe"))) {
                    return;
                }
            }
            assertTrue(System.nanoTime() < deadline, "a name stays");
            Thread.sleep(5);
        }
    }

    @Test
    void aPartThatIsAnotherNameOfAFileIsNotWrittenInto() throws Exception {
        Path other = Files.write(folder.resolve("other"), new byte[2_000_000]);
        Files.createLink(folder.resolve("out.part"), other);
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(folder.resolve("out.part.content"), DIGEST.replace(':', '-') + " " + boot);
        assertEquals(0, darter("get", url("/file"), "-o", file("out"), "--digest", DIGEST), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertArrayEquals(new byte[2_000_000], Files.readAllBytes(other));
        assertFalse(Files.exists(folder.resolve("out.part.content")));
    }

    @Test
    void aLinkTakesThePlaceOfAPart() throws Exception {
        Files.write(folder.resolve("out.part"), new byte[2_000_000]);
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(folder.resolve("out.part.content"), DIGEST.replace(':', '-') + " " + boot);
        String[] get = {"get", url("/file"), "-o", file("out"), "--digest", DIGEST, "--link", "--json", "--no-clobber"};
        assertEquals(0, darter(get), err::toString);
        assertTrue(out.toString().contains("\"placed\":\"linked\""), out.toString());
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertEquals(2, darter(get), err::toString);
        awaitNothingHandedOut();
        try (var names = Files.list(folder)) {
            assertEquals(
                    0,
                    names.filter(name -> name.getFileName().toString().startsWith("out."))
                            .count());
        }
    }

    @Test
    void whatComesAfterACutPlacementIsReceived() throws Exception {
        Path whole = Files.write(folder.resolve("whole"), BYTES);
        String named = "200 OK\r\nDarter-Content: sha256-1\r\nDarter-File: " + whole
                + "\r\nDarter-Size: 3000000\r\nDarter-Piece-Size: 1000000\r\nContent-Length: 4\r\n\r\n";
        String rest = "200 OK\r\nDarter-Content: sha256-1\r\nDarter-From: 2000000\r\nContent-Length: 1000000\r\n\r\n";
        List<String> asked = scripted(
                answer(named, new byte[] {1, 1}),
                answer("404 Not Found\r\nContent-Length: 0\r\n\r\n", new byte[0]),
                answer(rest, Arrays.copyOfRange(BYTES, 2_000_000, 3_000_000)));
        int code = command(folder.resolve("scripted.sock")).execute("get", url("/file"), "-o", file("out"), "--json");
        assertEquals(0, code, err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertTrue(out.toString().contains("\"resumedBytes\":0,\"key\":\"sha256-1\""), out.toString());
        assertTrue(asked.get(0).contains("&place=copy"), asked::toString);
        assertTrue(asked.get(2).contains("&from=2000000&content=sha256-1 "), asked::toString);
    }

    @Test
    void whatWasCopiedOfAWrongContentIsAskedForAgain() throws Exception {
        Path wrong = Files.write(folder.resolve("wrong"), new byte[3_000_000]);
        String named = "200 OK\r\nDarter-Content: sha256-1\r\nDarter-File: " + wrong
                + "\r\nDarter-Size: 3000000\r\nDarter-Piece-Size: 1000000\r\nContent-Length: 4\r\n\r\n";
        byte[] lied = "{\"code\":\"SOURCE_LIED\"}".getBytes(StandardCharsets.US_ASCII);
        List<String> asked = scripted(
                answer(named, new byte[] {1, 1}),
                answer("502 Bad Gateway\r\nContent-Length: " + lied.length + "\r\n\r\n", lied),
                answer("200 OK\r\nDarter-Content: sha256-1\r\nContent-Length: 3000000\r\n\r\n", BYTES));
        int code = command(folder.resolve("scripted.sock")).execute("get", url("/file"), "-o", file("out"));
        assertEquals(0, code, err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("out")));
        assertFalse(asked.get(2).contains("&from="), asked::toString);
    }

    private static byte[] answer(String head, byte[] body) {
        byte[] first = ("HTTP/1.1 " + head).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(first.length + body.length)
                .put(first)
                .put(body)
                .array();
    }

    /** An agent at scripted.sock that gives these answers, one for each connection; what it was asked comes to the list. */
    private List<String> scripted(byte[]... answers) throws Exception {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        parts.add(server);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("scripted.sock")));
        List<String> asked = new CopyOnWriteArrayList<>();
        Thread.ofVirtual().start(() -> {
            for (byte[] answer : answers) {
                try (SocketChannel caller = server.accept()) {
                    ByteBuffer request = ByteBuffer.allocate(8192);
                    caller.read(request);
                    asked.add(new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII));
                    for (ByteBuffer left = ByteBuffer.wrap(answer); left.hasRemaining(); ) {
                        caller.write(left);
                    }
                } catch (java.io.IOException e) {
                    asked.add(e.toString());
                }
            }
        });
        return asked;
    }
}
