package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.store.Sha256;
import io.darter.agent.store.StoredContent;
import io.darter.agent.task.ContentTask.ByteSink;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A content for one caller, front to back, when there is no room to store it or the disk fails: what the store has is
 * taken from there, the rest comes from the origin and is kept nowhere. What takes part in the whole is hashed on the way,
 * and the last bytes are given only when the digest is right. Memory: one buffer.
 *
 * <p>It needs no lease: a node that cannot store has nothing to give to others, so the scheduler cannot use it, and a pull
 * must not fail for want of a disk.
 */
final class Passthrough {
    private static final int ATTEMPTS_MAX = 5;
    private static final long RETRY_FIRST_MILLIS = 200;

    private final ContentSource source;
    private final OriginClient origin;
    private final ByteBuffer buffer;
    private @Nullable PieceBody body;
    private long bodyEnd;

    /** @param buffer the caller's, as long as this is used */
    Passthrough(ContentSource source, OriginClient origin, ByteBuffer buffer) {
        this.source = source;
        this.origin = origin;
        this.buffer = buffer;
    }

    /** @param content what the store has of it; pieces may be missing, or not to be read */
    void copy(Optional<StoredContent> content, ByteSink sink, long from, long to)
            throws DarterException, IOException, InterruptedException {
        boolean proving = !source.digest().isEmpty() && to == source.sizeBytes();
        MessageDigest sha256 = Sha256.start();
        try {
            for (long at = proving ? 0 : from; at < to; at += buffer.limit()) {
                fill(content, at, to);
                if (proving) {
                    sha256.update(buffer.duplicate());
                    if (at + buffer.limit() == to) {
                        prove(sha256);
                    }
                }
                if (at + buffer.limit() > from) {
                    buffer.position((int) Math.max(0, from - at));
                    sink.write(buffer);
                }
            }
        } finally {
            closeBody();
        }
    }

    private void prove(MessageDigest sha256) throws DarterException {
        String hex = HexFormat.of().formatHex(sha256.digest());
        if (!source.digest().equals("sha256:" + hex)) {
            throw Failures.digestMismatch(source, hex);
        }
    }

    /** The next bytes, at least one. */
    private void fill(Optional<StoredContent> content, long at, long to) throws DarterException, InterruptedException {
        if (content.isPresent() && fromStore(content.get(), at, to)) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                fromOrigin(content, at, to);
                return;
            } catch (TransferException e) {
                closeBody();
                DarterException cause = Failures.ofOrigin(source, e);
                if (attempt == ATTEMPTS_MAX || !Failures.passing(e.reason(), cause)) {
                    throw cause;
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_FIRST_MILLIS << attempt);
            }
        }
    }

    private boolean fromStore(StoredContent content, long at, long to) {
        PieceGeometry geometry = content.geometry();
        int piece = geometry.pieceAt(at);
        if (!content.has(piece)) {
            return false;
        }
        long end = Math.min(to, geometry.offset(piece) + geometry.length(piece));
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
        try {
            content.read(buffer, at);
            buffer.flip();
            closeBody();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void fromOrigin(Optional<StoredContent> content, long at, long to)
            throws TransferException, InterruptedException {
        PieceBody open = body;
        if (open == null) {
            bodyEnd = content.map(present -> endOfMissing(present, at, to)).orElse(to);
            open = origin.fetch(source, at, bodyEnd);
            body = open;
        }
        buffer.clear().limit((int) Math.min(buffer.capacity(), bodyEnd - at));
        while (buffer.hasRemaining()) {
            if (open.read(buffer) < 0) {
                throw new TransferException(FailureReason.UNREACHABLE, "the origin's answer ended early", null);
            }
        }
        buffer.flip();
        if (at + buffer.limit() == bodyEnd) {
            closeBody();
        }
    }

    private static long endOfMissing(StoredContent content, long at, long to) {
        PieceGeometry geometry = content.geometry();
        int piece = geometry.pieceAt(at);
        do {
            piece++;
        } while (piece < geometry.pieces() && !content.has(piece));
        return piece < geometry.pieces() ? Math.min(to, geometry.offset(piece)) : to;
    }

    private void closeBody() {
        PieceBody open = body;
        if (open != null) {
            body = null;
            open.close();
        }
    }
}
