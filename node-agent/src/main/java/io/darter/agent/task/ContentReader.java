package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.health.Traffic;
import io.darter.agent.store.StoredContent;
import io.darter.agent.task.ContentTask.ByteSink;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** Hands a content's bytes to a caller, in order, each as soon as it may be emitted. */
final class ContentReader {
    private final ContentSource source;
    private final Progress progress;
    private final Traffic traffic;
    private final BufferPool buffers;
    private final IntConsumer waitsFor;
    private final TaskTrace trace;
    private final LongSupplier nanoTime;

    /** @param waitsFor is told each piece that a caller has to wait for */
    ContentReader(
            ContentSource source,
            Progress progress,
            TaskParts parts,
            BufferPool buffers,
            TaskTrace trace,
            IntConsumer waitsFor) {
        this.source = source;
        this.progress = progress;
        this.traffic = parts.traffic();
        this.nanoTime = parts.nanoTime();
        this.trace = trace;
        this.buffers = buffers;
        this.waitsFor = waitsFor;
    }

    /** A piece that was verified is not right any more. */
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1;

        private final long position;

        Damaged(String message, long position) {
            super(message);
            this.position = position;
        }

        /** All before it was handed over, and right. */
        long position() {
            return position;
        }
    }

    /** Everything has been at rest on the disk for who knows how long: each piece is read and verified before it is handed over. */
    void copyAtRest(ByteSink sink, long from, long to) throws DarterException, IOException, InterruptedException {
        PieceGeometry geometry = progress.awaitContent().geometry();
        for (long position = from; position < to; ) {
            int piece = geometry.pieceAt(position);
            if (!isRight(progress.awaitContent(), piece)) {
                throw new Damaged("piece " + piece + " of " + source.key() + " is damaged on the disk", position);
            }
            long end = Math.min(to, geometry.offset(piece) + geometry.length(piece));
            copyTo(sink, position, end);
            position = end;
        }
    }

    private static boolean isRight(StoredContent content, int piece) throws InterruptedException {
        try {
            return content.recheck(piece);
        } catch (IOException | UncheckedIOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return false; // what cannot be read is had from elsewhere
        }
    }

    void copyTo(ByteSink sink, long from, long to) throws DarterException, IOException, InterruptedException {
        if (from < 0 || to < from || to > source.sizeBytes()) {
            throw new IllegalArgumentException("bytes " + from + " to " + to + " of " + source.sizeBytes());
        }
        StoredContent content = progress.awaitContent();
        if (source.sizeBytes() == 0) {
            progress.awaitProved();
            return;
        }
        if (from == to) {
            return;
        }
        try (StoredContent.Use use = content.use()) {
            assert use != null;
            PieceGeometry geometry = content.geometry();
            long position = from;
            long waitedNanos = 0;
            long tookNanos = 0;
            while (position < to) {
                int piece = geometry.pieceAt(position);
                waitedNanos += await(piece, geometry, waitedNanos);
                long end = Math.min(to, geometry.offset(piece) + geometry.length(piece));
                long since = nanoTime.getAsLong();
                if (sink.takesFiles()) {
                    sink.writeFile(content.file(), position, end - position);
                    traffic.deliveredBytes.add(end - position);
                } else {
                    copyPiece(content, sink, position, end);
                }
                long now = nanoTime.getAsLong();
                tookNanos += now - since;
                trace.callerTook(tookNanos, now - since, now);
                position = end;
            }
        }
    }

    /** How long that took, in nanoseconds; the caller waited {@code before} so far. */
    private long await(int piece, PieceGeometry geometry, long before) throws DarterException, InterruptedException {
        boolean onlyProved = !source.digest().isEmpty() && piece == geometry.pieces() - 1;
        if (progress.has(piece, onlyProved)) {
            return 0;
        }
        long since = nanoTime.getAsLong();
        waitsFor.accept(piece);
        progress.awaitPiece(piece, onlyProved);
        long now = nanoTime.getAsLong();
        trace.readerWaited(piece, before + now - since, now - since, now);
        return now - since;
    }

    private void copyPiece(StoredContent content, ByteSink sink, long from, long end)
            throws DarterException, IOException, InterruptedException {
        ByteBuffer buffer = buffers.take();
        try {
            for (long position = from; position < end; position += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                read(content, buffer, position);
                sink.write(buffer.flip());
                traffic.deliveredBytes.add(buffer.limit());
            }
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private void read(StoredContent content, ByteBuffer buffer, long position)
            throws DarterException, InterruptedException {
        try {
            content.read(buffer, position);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            progress.check(); // a wrong whole is thrown away under its readers
            throw new DarterException(
                    ErrorCode.DISK_ERROR,
                    "Reading " + content.key() + " from the store",
                    String.valueOf(e.getMessage()),
                    "Look at the disk of the agent's dataDir; asking again fetches the content anew.",
                    e);
        }
    }
}
