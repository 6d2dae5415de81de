package io.darter.agent.task;

import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.peer.TransferException;
import io.darter.agent.store.Sha256;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An origin and parents that hold the same bytes, with faults to order. */
final class FakeSources implements OriginClient, PieceClient {
    /** What a source does wrong. */
    enum Fault {
        NONE,
        CORRUPT,
        /** Every piece has a wrong first byte, and the digest that goes with it. */
        LIES,
        STALLED,
        MISSING
    }

    final byte[] bytes;
    final int pieceBytes;
    final List<String> asked = new CopyOnWriteArrayList<>();
    final Map<String, Fault> parents = new ConcurrentHashMap<>();
    volatile int originStatus = 200;
    /** The origin's answer waits for it before its first byte. */
    volatile CountDownLatch originAnswers = new CountDownLatch(0);

    FakeSources(byte[] bytes, int pieceBytes) {
        this.bytes = bytes;
        this.pieceBytes = pieceBytes;
    }

    void awaitAsked(String what) throws InterruptedException {
        for (int tenths = 0; !asked.contains(what); tenths++) {
            if (tenths > 200) {
                throw new AssertionError(what + " was never asked: " + asked);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public PieceBody fetch(ContentSource source, long from, long to) throws TransferException {
        asked.add("origin " + from + "-" + to);
        if (originStatus != 200) {
            throw new TransferException(
                    FailureReason.ORIGIN_REFUSED, "the origin answered " + originStatus, originStatus, null);
        }
        try {
            if (!originAnswers.await(20, TimeUnit.SECONDS)) {
                throw new TransferException(FailureReason.STALLED, "the test forgot the origin", null);
            }
        } catch (InterruptedException e) {
            throw new TransferException(FailureReason.RETURNED, "stopped", e);
        }
        return new Body(ByteBuffer.wrap(bytes, (int) from, (int) (to - from)), Fault.NONE);
    }

    @Override
    public PieceBody fetch(Parent parent, ContentKey key, PieceRun run, long bytesExpected) throws TransferException {
        asked.add(parent.node() + " " + run.first());
        Fault fault = parents.getOrDefault(parent.node().value(), Fault.NONE);
        if (fault == Fault.MISSING) {
            throw new TransferException(FailureReason.MISSING, "not here", 404, null);
        }
        if (fault == Fault.LIES) {
            byte[] lie =
                    Arrays.copyOfRange(bytes, run.first() * pieceBytes, run.first() * pieceBytes + (int) bytesExpected);
            for (int first = 0; first < lie.length; first += pieceBytes) {
                lie[first] = (byte) ~lie[first];
            }
            return new Body(ByteBuffer.wrap(lie), Fault.NONE);
        }
        return new Body(ByteBuffer.wrap(bytes, run.first() * pieceBytes, (int) bytesExpected), fault);
    }

    /** What a node holds; nothing of a node that is not here. */
    final Map<String, PieceMap> held = new ConcurrentHashMap<>();

    @Override
    public Have have(Parent parent, ContentKey key) throws TransferException {
        PieceMap map = held.get(parent.node().value());
        if (map == null) {
            throw new TransferException(FailureReason.MISSING, "not here", 404, null);
        }
        return new Have(bytes.length, pieceBytes, map.copy(), Optional.empty());
    }

    @Override
    public byte[] digests(Parent parent, ContentKey key, PieceRun run) {
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        for (int piece = run.first(); piece < run.end(); piece++) {
            byte[] right =
                    Arrays.copyOfRange(bytes, piece * pieceBytes, Math.min(bytes.length, (piece + 1) * pieceBytes));
            if (parents.get(parent.node().value()) == Fault.LIES) {
                right[0] = (byte) ~right[0];
            }
            digests.writeBytes(Sha256.of(right));
        }
        return digests.toByteArray();
    }

    @Override
    public MetaResponse meta(String method, URI url, String registry, String repository, Map<String, String> headers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Counters counters() {
        return new Counters(0, 0, 0);
    }

    @Override
    public void close() {}

    private static final class Body implements PieceBody {
        private final ByteBuffer left;
        private final Fault fault;
        private boolean first = true;

        Body(ByteBuffer left, Fault fault) {
            this.left = left;
            this.fault = fault;
        }

        @Override
        public int read(ByteBuffer target) throws TransferException {
            if (!left.hasRemaining()) {
                return -1;
            }
            if (fault == Fault.STALLED && !first) {
                throw new TransferException(FailureReason.STALLED, "no byte for 1 s", null);
            }
            int count = Math.min(Math.min(left.remaining(), target.remaining()), 400);
            int start = target.position();
            target.put(left.slice().limit(count));
            left.position(left.position() + count);
            if (fault == Fault.CORRUPT && first) {
                target.put(start, (byte) ~target.get(start));
            }
            first = false;
            return count;
        }

        @Override
        public void close() {}
    }
}
