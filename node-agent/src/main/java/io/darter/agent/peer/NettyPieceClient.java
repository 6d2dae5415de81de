package io.darter.agent.peer;

import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/** Fetches pieces over one kept connection per parent. */
public final class NettyPieceClient implements PieceClient {
    private static final int PROBLEM_BYTES_MAX = 4 << 10;
    private static final int DIGEST_BYTES = 32;
    private static final int ANY_LENGTH = -1;

    private final PeerConnector connector;
    private final ConcurrentHashMap<Place, PeerSlot> slots = new ConcurrentHashMap<>();

    /**
     * @param security with the context of {@code TlsContexts.peerClient}
     * @param cluster that parents must belong to
     * @param download all parents together
     */
    public NettyPieceClient(
            EventLoops loops, PeerSecurity security, String cluster, RateLimit download, Patience patience) {
        this.connector = new PeerConnector(loops, security, cluster, download, patience);
    }

    @Override
    public PieceBody fetch(Parent parent, ContentKey key, PieceRun run, long bytesExpected)
            throws TransferException, InterruptedException {
        String path = "/v1/content/" + key + "/pieces/" + run.first() + (run.count() == 1 ? "" : "-" + run.last());
        PeerConnection connection = connection(parent);
        boolean kept = connection.used();
        try {
            return ask(connection, parent, path, bytesExpected);
        } catch (BrokenBeforeAnswer broken) {
            if (!kept) {
                throw broken.cause;
            }
        }
        // The parent had closed the kept connection, which it may; that is no failure of the parent.
        try {
            return ask(connection(parent), parent, path, bytesExpected);
        } catch (BrokenBeforeAnswer broken) {
            throw broken.cause;
        }
    }

    private PeerConnection connection(Parent parent) throws TransferException, InterruptedException {
        Place place = new Place(parent.node(), parent.host(), parent.port());
        PeerSlot slot = slots.computeIfAbsent(place, _ -> new PeerSlot(connector));
        return slot.connection(parent, () -> slots.remove(place, slot));
    }

    private static PeerAnswer ask(PeerConnection connection, Parent parent, String path, long bytesExpected)
            throws TransferException, InterruptedException, BrokenBeforeAnswer {
        PeerAnswer answer;
        try {
            answer = connection.request(path, parent.capability(), Math.max(0, bytesExpected));
        } catch (TransferException e) {
            throw new BrokenBeforeAnswer(e);
        }
        boolean good = false;
        try {
            int status = answer.awaitStatus();
            if (status != 200) {
                throw refused(connection, path, status, words(answer));
            }
            if (bytesExpected != ANY_LENGTH && answer.lengthBytes() != bytesExpected) {
                String happened = answer.lengthBytes() + " bytes instead of " + bytesExpected;
                throw refused(connection, path, 404, happened);
            }
            good = true;
            return answer;
        } catch (TransferException e) {
            if (e.reason() == FailureReason.UNREACHABLE && !answer.begun()) {
                throw new BrokenBeforeAnswer(e);
            }
            throw e;
        } finally {
            if (!good) {
                answer.close();
            }
        }
    }

    @Override
    public Have have(Parent parent, ContentKey key) throws TransferException, InterruptedException {
        String path = "/v1/content/" + key + "/have";
        return small(parent, path, answer -> {
            byte[] map = all(answer, HeldPieces.MAP_BYTES_MAX);
            return HeldPieces.parse(
                    answer.header(HeldPieces.SIZE),
                    answer.header(HeldPieces.PIECE_SIZE),
                    answer.header(HeldPieces.FETCHING),
                    map);
        });
    }

    @Override
    public byte[] digests(Parent parent, ContentKey key, PieceRun run) throws TransferException, InterruptedException {
        int bytes = run.count() * DIGEST_BYTES;
        String path = "/v1/content/" + key + "/digests/" + run.first() + "-" + run.last();
        return small(parent, path, answer -> {
            byte[] digests = all(answer, bytes);
            if (digests.length != bytes) {
                throw new IllegalArgumentException(digests.length + " bytes of digests instead of " + bytes);
            }
            return digests;
        });
    }

    private interface Reading<T> {
        T read(PeerAnswer answer) throws TransferException, InterruptedException;
    }

    /** An answer that is read at once; what makes no sense is as bad as none. */
    private <T> T small(Parent parent, String path, Reading<T> reading) throws TransferException, InterruptedException {
        PeerConnection connection = connection(parent);
        boolean kept = connection.used();
        try {
            return small(connection, parent, path, reading);
        } catch (BrokenBeforeAnswer broken) {
            if (!kept) {
                throw broken.cause;
            }
        }
        try {
            return small(connection(parent), parent, path, reading);
        } catch (BrokenBeforeAnswer broken) {
            throw broken.cause;
        }
    }

    private static <T> T small(PeerConnection connection, Parent parent, String path, Reading<T> reading)
            throws TransferException, InterruptedException, BrokenBeforeAnswer {
        PeerAnswer answer = ask(connection, parent, path, ANY_LENGTH);
        try (answer) {
            return reading.read(answer);
        } catch (IllegalArgumentException e) {
            String message = "GET " + path + " from " + connection.parent() + ": " + e.getMessage();
            throw new TransferException(FailureReason.CORRUPT, message, e);
        }
    }

    private static byte[] all(PeerAnswer answer, int bytesMax) throws TransferException, InterruptedException {
        if (answer.lengthBytes() < 0 || answer.lengthBytes() > bytesMax) {
            throw new IllegalArgumentException("an answer of " + answer.lengthBytes() + " bytes");
        }
        ByteBuffer body = ByteBuffer.allocate((int) answer.lengthBytes());
        while (body.hasRemaining()) {
            if (answer.read(body) < 0) {
                throw new IllegalArgumentException("it ended early");
            }
        }
        return body.array();
    }

    private static TransferException refused(PeerConnection connection, String path, int status, String happened) {
        FailureReason reason = status == 404 ? FailureReason.MISSING : FailureReason.UNREACHABLE;
        String message = "GET " + path + " from " + connection.parent() + ": " + happened;
        return new TransferException(reason, message, status, null);
    }

    private static String words(PeerAnswer answer) throws TransferException, InterruptedException {
        ByteBuffer text = ByteBuffer.allocate(PROBLEM_BYTES_MAX);
        while (text.hasRemaining() && answer.read(text) >= 0) {
            // Until the end or until it is enough.
        }
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
    }

    /** Ends the connections with nodes that were removed. */
    public void partWithRevoked() {
        slots.values().forEach(PeerSlot::partWithRevoked);
    }

    @Override
    public void close() {
        slots.values().forEach(PeerSlot::close);
    }

    private record Place(NodeId node, String host, int port) {}

    /** Nothing of the answer arrived before the connection broke. */
    private static final class BrokenBeforeAnswer extends Exception {
        private final TransferException cause;

        BrokenBeforeAnswer(TransferException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
