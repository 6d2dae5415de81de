package io.darter.agent.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parents whose rate changes in the middle of a piece, over real sockets. */
class WakeThresholdTest {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final int PIECE_BYTES = 1 << 20;
    private static final int FAST_BYTES = 640 << 10;

    private final EventLoops loops = new EventLoops(1);
    private ServerSocket listening;
    private NettyPieceClient client;

    /** What a parent does with the body of an answer. */
    private interface Sending {
        void send(OutputStream to) throws IOException, InterruptedException;
    }

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        client = new NettyPieceClient(
                loops,
                new PeerSecurity.Plain(new NodeId("child")),
                "c1",
                RateLimit.unlimited(),
                Patience.none(System::nanoTime));
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        listening.close();
        loops.close();
    }

    @Test
    void aPieceIsThereWithItsLastByte() throws Exception {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        parent(to -> {
            fast(to, PIECE_BYTES);
            taken.join(); // nothing more comes that could wake anybody
        });

        assertEquals(PIECE_BYTES, fetch());
        taken.complete(null);
    }

    @Test
    void whoBecomesSlowIsNotTakenForSilent() throws Exception {
        parent(to -> {
            fast(to, FAST_BYTES);
            for (int i = 0; i < 10; i++) {
                Thread.sleep(200);
                to.write(new byte[1 << 10]);
            }
            to.write(new byte[PIECE_BYTES - FAST_BYTES - (10 << 10)]);
        });

        assertEquals(PIECE_BYTES, fetch());
    }

    @Test
    void whoBecomesSilentIsGivenUp() throws Exception {
        CompletableFuture<Void> givenUp = new CompletableFuture<>();
        parent(to -> {
            fast(to, FAST_BYTES + 100);
            givenUp.join();
        });

        TransferException failure = assertThrows(TransferException.class, this::fetch);
        assertEquals(FailureReason.STALLED, failure.reason());
        givenUp.complete(null);
    }

    /** 16 MiB/s: fast enough for the highest mark. */
    private static void fast(OutputStream to, int bytes) throws IOException, InterruptedException {
        for (int sent = 0; sent < bytes; sent += 16 << 10) {
            to.write(new byte[Math.min(16 << 10, bytes - sent)]);
            Thread.sleep(1);
        }
    }

    private void parent(Sending sending) {
        Thread.ofVirtual().start(() -> {
            try (Socket child = listening.accept()) {
                child.getInputStream().read(new byte[4096]);
                OutputStream to = child.getOutputStream();
                to.write(("HTTP/1.1 200 OK\r\nContent-Length: " + PIECE_BYTES + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                sending.send(to);
            } catch (IOException | InterruptedException e) {
                // The child's side says what it saw.
            }
        });
    }

    private int fetch() throws Exception {
        PieceClient.Parent at =
                new PieceClient.Parent(new NodeId("parent"), "127.0.0.1", listening.getLocalPort(), new byte[] {1});
        CompletableFuture<Integer> count = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (PieceBody body = client.fetch(at, KEY, PieceRun.of(0), PIECE_BYTES)) {
                ByteBuffer bytes = ByteBuffer.allocateDirect(PIECE_BYTES);
                while (bytes.hasRemaining() && body.read(bytes) >= 0) {
                    // Until all of it is there.
                }
                count.complete(bytes.position());
            } catch (Exception e) {
                count.completeExceptionally(e);
            }
        });
        try {
            return count.get(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof TransferException failure ? failure : e;
        }
    }
}
