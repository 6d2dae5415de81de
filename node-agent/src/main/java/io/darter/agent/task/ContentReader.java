package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.health.Traffic;
import io.darter.agent.store.Sha256;
import io.darter.agent.store.StoredContent;
import io.darter.agent.task.ContentTask.ByteSink;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a content's bytes to a caller, in order, each as soon as it may be emitted. Where there is no room to store them,
 * or they cannot be read back, the rest passes through without being stored.
 */
final class ContentReader {
    private static final Logger log = LoggerFactory.getLogger(ContentReader.class);

    private final ContentSource source;
    private final Progress progress;
    private final TaskParts parts;
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
        this.parts = parts;
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
            StoredContent content = progress.awaitContent();
            // What is shared is proved again in memory, unless it is only named.
            if ((!content.shared() || sink.sharesFiles()) && !isRight(content, piece)) {
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
        Counted counted = new Counted(sink, from);
        StoredContent content;
        try {
            content = progress.awaitContent();
        } catch (DarterException e) {
            passThrough(Optional.empty(), counted, to, e);
            return;
        }
        try (StoredContent.Use use = content.use()) {
            assert use != null;
            try {
                copyStored(content, counted, to);
            } catch (DarterException e) {
                passThrough(Optional.of(content), counted, to, e);
            }
        }
    }

    private void copyStored(StoredContent content, Counted sink, long to)
            throws DarterException, IOException, InterruptedException {
        if (source.sizeBytes() == 0) {
            progress.awaitProved();
            return;
        }
        PieceGeometry geometry = content.geometry();
        long waitedNanos = 0;
        long tookNanos = 0;
        while (sink.position < to) {
            int piece = geometry.pieceAt(sink.position);
            waitedNanos += await(piece, geometry, waitedNanos);
            long since = nanoTime.getAsLong();
            long end = Math.min(to, geometry.offset(piece) + geometry.length(piece));
            if (content.shared() && !sink.sharesFiles()) {
                copyProved(content, sink, piece, end);
            } else if (sink.takesFiles()) {
                sink.writeFile(file(content), sink.position, end - sink.position);
            } else {
                copyPiece(content, sink, sink.position, end);
            }
            long now = nanoTime.getAsLong();
            tookNanos += now - since;
            trace.callerTook(tookNanos, now - since, now);
        }
        sink.awaitFilesTaken(); // before others may write into them
    }

    /** Others may write into the file, at any time: what is handed on is what was proved, from memory. */
    private void copyProved(StoredContent content, Counted sink, int piece, long end)
            throws DarterException, IOException, InterruptedException {
        PieceGeometry geometry = content.geometry();
        ByteBuffer bytes = buffers.takePiece(geometry.length(piece));
        try {
            if (!isRead(content, bytes, piece)) {
                progress.check();
                doubt(content);
                throw new Damaged("somebody wrote into piece " + piece + " of " + source.key(), sink.position);
            }
            bytes.position((int) (sink.position - geometry.offset(piece)));
            sink.write(bytes.limit((int) (end - geometry.offset(piece))));
        } finally {
            buffers.endPiece();
        }
    }

    private static boolean isRead(StoredContent content, ByteBuffer bytes, int piece) throws InterruptedException {
        try {
            content.read(bytes, content.geometry().offset(piece));
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return false; // it is shorter now
        }
        MessageDigest sha256 = Sha256.start();
        sha256.update(bytes.flip());
        return MessageDigest.isEqual(sha256.digest(), content.pieceDigest(piece));
    }

    /** @param why if it is anything but the store, that is the end */
    private void passThrough(Optional<StoredContent> stored, Counted sink, long to, DarterException why)
            throws DarterException, IOException, InterruptedException {
        if (why.code() != ErrorCode.DISK_FULL && why.code() != ErrorCode.DISK_ERROR) {
            throw why;
        }
        log.atWarn()
                .addKeyValue("content", source.key())
                .addKeyValue("from", sink.position)
                .log("passes through without being stored: " + why.happened());
        parts.traffic().passedThrough.increment();
        ByteBuffer buffer = buffers.take();
        try {
            new Passthrough(source, parts.origin(), buffer).copy(stored, sink, sink.position, to);
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private FileChannel file(StoredContent content) throws DarterException {
        try {
            return content.file();
        } catch (UncheckedIOException e) {
            throw diskError(content, String.valueOf(e.getMessage()), e);
        }
    }

    /** Knows how far the caller is. */
    private final class Counted implements ByteSink {
        private final ByteSink sink;
        private long position;

        Counted(ByteSink sink, long from) {
            this.sink = sink;
            this.position = from;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException, InterruptedException {
            int count = bytes.remaining();
            sink.write(bytes);
            position += count;
            traffic.deliveredBytes.add(count);
        }

        @Override
        public boolean takesFiles() {
            return sink.takesFiles();
        }

        @Override
        public boolean sharesFiles() {
            return sink.sharesFiles();
        }

        @Override
        public void awaitFilesTaken() throws IOException, InterruptedException {
            sink.awaitFilesTaken();
        }

        @Override
        public void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException {
            sink.writeFile(file, offset, count);
            position += count;
            traffic.deliveredBytes.add(count);
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
            doubt(content);
            throw diskError(content, String.valueOf(e.getMessage()), e);
        }
    }

    private static void doubt(StoredContent content) {
        try {
            content.doubt();
        } catch (IOException e) {
            log.atWarn().addKeyValue("content", content.key()).setCause(e).log("it cannot be verified again");
        }
    }

    private static DarterException diskError(StoredContent content, String happened, Exception cause) {
        return new DarterException(
                ErrorCode.DISK_ERROR,
                "Reading " + content.key() + " from the store",
                happened,
                "Look at the disk of the agent's dataDir; asking again fetches the content anew.",
                cause);
    }
}
