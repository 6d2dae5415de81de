package io.darter.agent.control;

import io.darter.agent.http.ExchangeSink;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.store.PieceStore;
import io.darter.agent.store.StoredContent;
import io.darter.agent.task.ContentTask;
import io.darter.agent.task.ContentTask.ByteSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the caller take the content from the store's file itself, with its own rights: the answer names the file, and its
 * body has one byte for each piece that may be read now, and one more when all is done: {@link #DONE}, or {@link #REFUSED}
 * if the file cannot be linked now and the bytes have to be asked for. Where there is no file to hand out, the answer is
 * the content as ever.
 */
final class PlacingSink implements ByteSink, AutoCloseable {
    private static final byte DONE = 1;
    private static final byte REFUSED = 2;
    private static final long COMMIT_PATIENCE_MILLIS = 120_000;
    private static final long COMMIT_POLL_MILLIS = 5;
    private static final long CALLER_PATIENCE_MILLIS = 60_000;

    private final HttpExchange exchange;
    private final ContentTask task;
    private final PieceStore store;
    private final Handouts handouts;
    private final boolean link;
    private final ExchangeSink plain;
    private boolean begun;
    private Handouts.@Nullable Handout handout;

    /** @param link the caller wants to link the file, not to copy it */
    PlacingSink(
            HttpExchange exchange,
            ContentTask task,
            PieceStore store,
            Handouts handouts,
            boolean link,
            ExchangeSink plain) {
        this.exchange = exchange;
        this.task = task;
        this.store = store;
        this.handouts = handouts;
        this.link = link;
        this.plain = plain;
    }

    @Override
    public boolean takesFiles() {
        return true;
    }

    @Override
    public boolean sharesFiles() {
        return link;
    }

    @Override
    public void awaitFilesTaken() throws IOException, InterruptedException {
        if (handout == null) {
            plain.awaitFilesTaken();
        }
    }

    @Override
    public void writeFile(FileChannel file, long offset, long count) throws IOException, InterruptedException {
        if (!begun) {
            begin();
        }
        if (handout == null) {
            plain.writeFile(file, offset, count);
        } else {
            exchange.write(ByteBuffer.wrap(new byte[] {DONE}));
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException, InterruptedException {
        begun = true;
        if (handout != null) {
            throw new IOException("the rest is not in the store: the caller has to ask for the bytes");
        }
        plain.write(bytes);
    }

    private void begin() {
        begun = true;
        Optional<StoredContent> content = store.find(task.key());
        if (content.isEmpty()) {
            return;
        }
        Handouts.Handout given;
        try {
            given = handouts.of(content.get(), link);
        } catch (IOException e) {
            return; // plainly, then
        }
        handout = given;
        try {
            exchange.start(
                    200,
                    Map.of(
                            "Content-Type",
                            "application/octet-stream",
                            "Darter-Content",
                            task.key().value(),
                            "Darter-File",
                            given.name().toString(),
                            "Darter-Size",
                            Long.toString(task.sizeBytes()),
                            "Darter-Piece-Size",
                            Integer.toString(content.get().geometry().pieceBytes())),
                    content.get().geometry().pieces() + 1L);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All pieces were named. Returns when the caller needs the name no more. */
    void finish() throws IOException, InterruptedException {
        Handouts.Handout given = handout;
        if (given == null) {
            return;
        }
        boolean may = true;
        if (link) {
            awaitCommit();
            may = given.handing().share();
        }
        exchange.write(ByteBuffer.wrap(new byte[] {may ? DONE : REFUSED}));
        // The caller closes its connection when it is through, and that ends this.
        TimeUnit.MILLISECONDS.sleep(CALLER_PATIENCE_MILLIS);
    }

    /** Only whole and durable files are linked. */
    private void awaitCommit() throws IOException, InterruptedException {
        for (long waited = 0; waited < COMMIT_PATIENCE_MILLIS; waited += COMMIT_POLL_MILLIS) {
            if (store.find(task.key()).filter(StoredContent::committed).isPresent()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(COMMIT_POLL_MILLIS);
        }
        throw new IOException("the content was not committed");
    }

    @Override
    public void close() throws IOException {
        if (handout == null) {
            return;
        }
        boolean interrupted = Thread.interrupted(); // the caller left; it would close the journal
        try {
            handout.close();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
