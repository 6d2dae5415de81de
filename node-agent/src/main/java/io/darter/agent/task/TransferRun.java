package io.darter.agent.task;

import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.peer.TransferException;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.agent.store.StoredContent;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** One request: its bytes into the store, piece by piece, each verified. Runs on an own virtual thread. */
final class TransferRun implements Runnable {
    private final ContentSource source;
    private final StoredContent content;
    private final GrantedLease lease;
    private final Transfer transfer;
    private final TaskParts parts;
    private final BufferPool buffers;
    private final Mailbox<DownloadMessage> outcomes;
    private volatile boolean stopped;
    private boolean cut;
    private boolean shielded;
    private @Nullable Thread thread;

    TransferRun(
            ContentSource source,
            StoredContent content,
            GrantedLease lease,
            Transfer transfer,
            TaskParts parts,
            BufferPool buffers,
            Mailbox<DownloadMessage> outcomes) {
        this.source = source;
        this.content = content;
        this.lease = lease;
        this.transfer = transfer;
        this.parts = parts;
        this.buffers = buffers;
        this.outcomes = outcomes;
    }

    /** Ends after the piece that is being received; the rest is given back. */
    void stopAfterPiece() {
        stopped = true;
    }

    /** Ends at once, for a download that is over; but not in the middle of a write: that would close the file for everybody. */
    synchronized void cut() {
        cut = true;
        if (!shielded && thread != null) {
            thread.interrupt();
        }
    }

    private synchronized void shield() throws InterruptedException {
        if (cut) {
            throw new InterruptedException("the download is over");
        }
        shielded = true;
    }

    private synchronized void unshield() {
        shielded = false;
        if (cut) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        synchronized (this) {
            thread = Thread.currentThread();
            if (cut) {
                return;
            }
        }
        try {
            outcome();
        } catch (InterruptedException e) {
            // Only the end of the download interrupts: nobody waits for an outcome.
            Thread.currentThread().interrupt();
        }
    }

    private void outcome() throws InterruptedException {
        try {
            receive();
        } catch (TransferException e) {
            parts.traffic().piecesFailed.increment();
            outcomes.post(new DownloadMessage.TransferFailed(transfer.leaseId(), e.reason(), words(e)));
        } catch (IOException e) {
            outcomes.post(new DownloadMessage.StoreFailed(Failures.ofStore(source, e)));
        } catch (RuntimeException e) {
            outcomes.post(new DownloadMessage.StoreFailed(Failures.internal(source, e)));
        }
    }

    private void receive() throws IOException, InterruptedException {
        long since = parts.nanoTime().getAsLong();
        GrantedLease proving = proving();
        ByteBuffer buffer = buffers.take();
        try (PieceBody body = open()) {
            for (int piece = transfer.run().first(); piece < transfer.run().end(); piece++) {
                if (stopped) {
                    throw new TransferException(FailureReason.RETURNED, "the scheduler is back", null);
                }
                receivePiece(piece, body, proving, buffer);
                long now = parts.nanoTime().getAsLong();
                outcomes.post(new DownloadMessage.PieceArrived(transfer.leaseId(), piece, now - since));
                since = now;
            }
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private PieceBody open() throws TransferException, InterruptedException {
        PieceGeometry geometry = content.geometry();
        long from = geometry.offset(transfer.run().first());
        long bytes = geometry.bytes(transfer.run());
        if (lease.parent().isPresent()) {
            Parent parent = lease.parent().get();
            return parts.peers().fetch(parent, content.key(), transfer.run(), bytes);
        }
        PieceBody body = parts.origin()
                .fetch(
                        source,
                        from,
                        from + bytes,
                        pause -> parts.scheduler().originBusy(source.key(), pause.toMillis()));
        if (parts.origin().anonymous(source)) {
            parts.memory().open(source.key());
        }
        return body;
    }

    /**
     * Where no scheduler said which digests the pieces have, the parent says what it once verified: that finds a damaged
     * disk, and only the digest of the whole a lie.
     */
    private GrantedLease proving() throws TransferException, InterruptedException {
        if (lease.parent().isEmpty() || lease.digests().length > 0) {
            return lease;
        }
        PieceRun asked = lease.lease().run();
        return new GrantedLease(
                lease.lease(),
                lease.parent(),
                parts.peers().digests(lease.parent().get(), content.key(), asked));
    }

    private void receivePiece(int piece, PieceBody body, GrantedLease proving, ByteBuffer buffer)
            throws IOException, InterruptedException {
        int left = content.geometry().length(piece);
        try (StoredContent.PieceWriter writer = content.write(piece)) {
            while (left > 0) {
                int count = body.pass(buffer, left, bytes -> write(writer, bytes));
                if (count < 0) {
                    throw new TransferException(
                            FailureReason.UNREACHABLE, left + " bytes of piece " + piece + " did not come", null);
                }
                left -= count;
                count(count);
            }
            if (proving.digest(piece).isPresent()
                    && !MessageDigest.isEqual(proving.digest(piece).get(), writer.digest())) {
                throw new TransferException(FailureReason.CORRUPT, "the bytes are not piece " + piece, null);
            }
            accept(writer);
        }
        (lease.parent().isPresent() ? parts.traffic().piecesFromPeers : parts.traffic().piecesFromOrigin).increment();
    }

    private void write(StoredContent.PieceWriter writer, ByteBuffer bytes) throws IOException, InterruptedException {
        shield();
        try {
            writer.write(bytes);
        } finally {
            unshield();
        }
    }

    private void accept(StoredContent.PieceWriter writer) throws IOException, InterruptedException {
        shield();
        try {
            writer.accept();
        } finally {
            unshield();
        }
    }

    private void count(int bytes) {
        if (lease.parent().isPresent()) {
            parts.traffic().peerBytes.add(bytes);
        }
    }

    private io.darter.agent.errors.DarterException words(TransferException e) {
        return lease.parent()
                .map(parent -> Failures.ofPeer(source, parent.node().value(), e, String.valueOf(e.getMessage())))
                .orElseGet(() -> Failures.ofOrigin(source, e));
    }
}
