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

/**
 * Answers of which the origin does not say the length. They cannot be cut into pieces before their end is known, so each
 * caller's comes straight from the origin and is kept nowhere. The last bytes are given only when the origin has ended the
 * body and the digest, where one is wanted, is right. Memory: two buffers.
 */
public final class UnknownLength {
    private static final int BUFFER_BYTES = 128 << 10;

    private final OriginClient origin;

    public UnknownLength(OriginClient origin) {
        this.origin = origin;
    }

    /** All of it; the sink is told at least once, also of nothing. Blocks the (virtual) thread. */
    public void copy(ContentSource source, ByteSink sink) throws DarterException, IOException, InterruptedException {
        MessageDigest sha256 = Sha256.start();
        ByteBuffer held = ByteBuffer.allocate(BUFFER_BYTES);
        ByteBuffer next = ByteBuffer.allocate(BUFFER_BYTES);
        try (PieceBody body = origin.fetch(source, 0, Long.MAX_VALUE)) {
            boolean more = fill(body, held);
            while (more && fill(body, next)) {
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
    private static boolean fill(PieceBody body, ByteBuffer buffer) throws TransferException, InterruptedException {
        buffer.clear();
        int count = 0;
        while (buffer.hasRemaining() && count >= 0) {
            count = body.read(buffer);
        }
        return buffer.flip().hasRemaining();
    }
}
