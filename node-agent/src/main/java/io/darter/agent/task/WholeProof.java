package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.store.Sha256;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Hashes a content front to back while it arrives, from what the store really holds, so that the whole is proved soon
 * after its last piece is here. Runs on an own virtual thread.
 */
final class WholeProof implements Runnable {
    private final ContentSource source;
    private final StoredContent content;
    private final Progress progress;
    private final BufferPool buffers;
    private final Mailbox<DownloadMessage> outcomes;

    WholeProof(
            ContentSource source,
            StoredContent content,
            Progress progress,
            BufferPool buffers,
            Mailbox<DownloadMessage> outcomes) {
        this.source = source;
        this.content = content;
        this.progress = progress;
        this.buffers = buffers;
        this.outcomes = outcomes;
    }

    @Override
    public void run() {
        try {
            prove();
        } catch (DarterException | InterruptedException e) {
            // The download ended before: nobody waits for a proof.
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // not for correctness: hashing never waits, so it lets others on
    private void prove() throws DarterException, InterruptedException {
        MessageDigest sha256 = Sha256.start();
        ByteBuffer buffer = buffers.take();
        PieceGeometry geometry = content.geometry();
        try {
            for (int piece = 0; piece < geometry.pieces(); piece++) {
                progress.awaitPiece(piece, false);
                long end = geometry.offset(piece) + geometry.length(piece);
                for (long position = geometry.offset(piece); position < end; position += buffer.limit()) {
                    buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                    content.read(buffer, position);
                    sha256.update(buffer.flip());
                }
                Thread.yield();
            }
            outcomes.post(new DownloadMessage.WholeHashed(HexFormat.of().formatHex(sha256.digest())));
        } catch (IOException e) {
            outcomes.post(new DownloadMessage.StoreFailed(Failures.ofStore(source, e)));
        } finally {
            buffers.giveBack(buffer);
        }
    }
}
