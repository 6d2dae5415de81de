package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.ContentTask.ByteSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * Answers of which the origin does not say the length. They cannot be cut into pieces before their end is known, so each
 * caller's comes straight from the origin and is kept nowhere. The last bytes are given only when the origin has ended the
 * body and the digest, where one is wanted, is right. Memory: two buffers. Two callers are two fetches: one for both would
 * have to keep what came, of no known size and not proved, for who joins late.
 */
public final class UnknownLength {
    private static final int BUFFER_BYTES = 128 << 10;

    private final OriginClient origin;
    private final TraceBook traces;
    private final LongSupplier nanoTime;

    /** Whose notes nobody reads. */
    public UnknownLength(OriginClient origin) {
        this(origin, new TraceBook(), () -> 0);
    }

    UnknownLength(OriginClient origin, TraceBook traces, LongSupplier nanoTime) {
        this.origin = origin;
        this.traces = traces;
        this.nanoTime = nanoTime;
    }

    /**
     * All of it; the sink is told at least once, also of nothing. Blocks the (virtual) thread.
     *
     * @param task the name a person knows it by
     */
    public void copy(ContentSource source, String task, ByteSink sink)
            throws DarterException, IOException, InterruptedException {
        TaskTrace trace = new TaskTrace(source, task, nanoTime.getAsLong());
        traces.begin(source.key(), trace);
        try {
            copy(source, trace, new Timed(sink, trace));
            trace.handedOn(nanoTime.getAsLong());
        } catch (DarterException e) {
            trace.failed(e, nanoTime.getAsLong());
            throw e;
        } finally {
            trace.leftOff(nanoTime.getAsLong()); // by the caller, if nothing else was the end
        }
    }

    private void copy(ContentSource source, TaskTrace trace, ByteSink sink)
            throws DarterException, IOException, InterruptedException {
        MessageDigest sha256 = Sha256.start();
        ByteBuffer held = ByteBuffer.allocate(BUFFER_BYTES);
        ByteBuffer next = ByteBuffer.allocate(BUFFER_BYTES);
        try (PieceBody body = new TracedOrigin(origin, trace, nanoTime).fetch(source, 0, Long.MAX_VALUE)) {
            boolean more = fill(body, held, trace);
            while (more && fill(body, next, trace)) {
                sha256.update(held.duplicate());
                sink.write(held);
                ByteBuffer free = held;
                held = next;
                next = free;
            }
        } catch (TransferException e) {
            throw Failures.ofOrigin(source, e);
        }
        sha256.update(held.duplicate());
        String hex = HexFormat.of().formatHex(sha256.digest());
        if (!source.digest().isEmpty() && !source.digest().equals("sha256:" + hex)) {
            throw Failures.digestMismatch(source, hex);
        }
        sink.write(held);
    }

    /** False if nothing came any more. */
    private boolean fill(PieceBody body, ByteBuffer buffer, TaskTrace trace)
            throws TransferException, InterruptedException {
        long since = nanoTime.getAsLong();
        buffer.clear();
        int count = 0;
        while (buffer.hasRemaining() && count >= 0) {
            count = body.read(buffer);
        }
        long now = nanoTime.getAsLong();
        trace.streamed(buffer.flip().remaining(), now - since, now);
        return buffer.hasRemaining();
    }

    /** The caller, with a note of how long it takes to take bytes. */
    private final class Timed implements ByteSink {
        private final ByteSink sink;
        private final TaskTrace trace;
        private long sumNanos;

        Timed(ByteSink sink, TaskTrace trace) {
            this.sink = sink;
            this.trace = trace;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException, InterruptedException {
            long since = nanoTime.getAsLong();
            sink.write(bytes);
            long now = nanoTime.getAsLong();
            sumNanos += now - since;
            trace.callerTook(sumNanos, now - since, now);
        }
    }
}
