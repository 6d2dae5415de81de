package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A content in three names: {@code <key>.part} while it arrives, {@code <key>.data} from its commit on, and
 * {@code <key>.journal} with the digests of its accepted pieces.
 */
final class DiskContent implements StoredContent, PieceIngest.Place {
    private static final Logger log = LoggerFactory.getLogger(DiskContent.class);
    private static final int REOPENED_MAX = 8;
    private static final int CHECK_BYTES = 128 << 10;

    private final DiskPieceStore store;
    private final ContentKey key;
    private final PieceGeometry geometry;
    private final VerifiedPieces pieces;
    private final PieceIngest.Table ingests;
    private final AtomicInteger uses = new AtomicInteger();
    private final AtomicLong lastUsedMillis;
    private volatile @Nullable FileChannel channel;
    private @Nullable FileChannel journal;
    private long journalEnd;
    private volatile boolean removed;
    private volatile boolean committed;

    DiskContent(DiskPieceStore store, ContentKey key, PieceGeometry geometry, long lastUsedMillis) {
        this.store = store;
        this.key = key;
        this.geometry = geometry;
        this.lastUsedMillis = new AtomicLong(lastUsedMillis);
        this.pieces = new VerifiedPieces(geometry);
        this.ingests = new PieceIngest.Table(geometry, pieces, this);
    }

    /** Begins with nothing, in the place of whatever there was. */
    void create() throws IOException {
        Files.deleteIfExists(store.partFile(key));
        Files.deleteIfExists(store.dataFile(key));
        Journal.create(store.journalFile(key), key, geometry);
    }

    /** Goes on with a committed content: its marker and size are its proof. */
    void adoptCommitted(Map<Integer, byte[]> digests) {
        digests.forEach(pieces::add);
        committed = true;
    }

    /** Goes on with the pieces of the journal whose bytes are still right. Reads all of them. */
    void resume(Map<Integer, byte[]> digests) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(geometry.pieceBytes(), CHECK_BYTES));
        for (Map.Entry<Integer, byte[]> recorded : digests.entrySet()) {
            if (holds(recorded.getKey(), recorded.getValue(), buffer)) {
                pieces.add(recorded.getKey(), recorded.getValue());
            }
        }
    }

    private boolean holds(int piece, byte[] digest, ByteBuffer buffer) throws IOException {
        MessageDigest sha256 = Sha256.start();
        long end = geometry.offset(piece) + geometry.length(piece);
        try {
            for (long position = geometry.offset(piece); position < end; position += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                long from = position;
                onFile(channel -> readFully(channel, buffer, from));
                sha256.update(buffer.flip());
            }
        } catch (EOFException e) {
            return false;
        }
        return MessageDigest.isEqual(sha256.digest(), digest);
    }

    @Override
    public ContentKey key() {
        return key;
    }

    @Override
    public PieceGeometry geometry() {
        return geometry;
    }

    @Override
    public PieceMap verified() {
        return pieces.copy();
    }

    @Override
    public boolean has(int piece) {
        return pieces.has(piece);
    }

    @Override
    public boolean recheck(int piece) throws IOException {
        if (!pieces.has(piece)) {
            return false;
        }
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(geometry.pieceBytes(), CHECK_BYTES));
        try {
            if (holds(piece, pieces.digest(piece), buffer)) {
                return true;
            }
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw e; // which says nothing about the piece
        } catch (IOException e) {
            log.atWarn().addKeyValue("content", key).setCause(e).log("a piece cannot be read any more");
        }
        pieces.remove(piece);
        uncommit();
        return false;
    }

    /** The journal need not be told: what is not committed is read and verified again after a restart. */
    private synchronized void uncommit() throws IOException {
        if (committed && !removed) {
            Files.move(store.dataFile(key), store.partFile(key), StandardCopyOption.ATOMIC_MOVE);
            channel = null; // it was opened for reading only; who reads through it goes on
            committed = false;
        }
    }

    @Override
    public byte[] pieceDigest(int piece) {
        return pieces.digest(piece);
    }

    long verifiedBytes() {
        return pieces.bytes();
    }

    @Override
    public PieceWriter write(int piece) {
        return ingests.open(piece);
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
        pieces.check(offset, offset + target.remaining());
        int start = target.position();
        onFile(channel -> readFully(channel, target.position(start), offset));
    }

    @Override
    public FileChannel file() {
        FileChannel present = channel;
        return present != null && present.isOpen() ? present : openFile();
    }

    private synchronized FileChannel openFile() {
        FileChannel present = channel;
        if (present != null && present.isOpen()) {
            return present;
        }
        try {
            FileChannel opened = committed
                    ? FileChannel.open(store.dataFile(key), StandardOpenOption.READ)
                    : FileChannel.open(
                            store.partFile(key),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            channel = opened;
            store.opened(this);
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("the file of " + key + " cannot be opened", e);
        }
    }

    /**
     * Lets go of the file without closing it: whoever still reads through it goes on, and the JDK closes it when nobody
     * can any more. Takes no lock: called while another content's is held.
     */
    void dropHandle() {
        if (!removed) {
            channel = null;
        }
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public synchronized void commit() throws IOException {
        if (committed) {
            return;
        }
        if (!pieces.isFull()) {
            throw new IOException(key + " is not complete: " + pieces.copy());
        }
        file().force(true);
        if (journal != null) {
            journal.force(true);
            journal.close();
            journal = null;
        }
        if (!removed) {
            Files.move(
                    store.partFile(key),
                    store.dataFile(key),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            store.forceDirectory();
        }
        committed = true;
    }

    @Override
    public void discard() throws IOException {
        ingests.voidAll();
        pieces.clear();
        store.remove(key);
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
        int start = bytes.position();
        try {
            onFile(channel -> store.disk().write(channel, bytes.position(start), offset));
        } catch (IOException e) {
            if (!isDiskFull(e)) {
                throw e;
            }
            if (!store.makeSpace(this)) {
                throw new DiskFullException("no space left under " + store.directory(), e);
            }
            retry(bytes.position(start), offset);
        }
    }

    private void retry(ByteBuffer bytes, long offset) throws IOException {
        int start = bytes.position();
        try {
            onFile(channel -> store.disk().write(channel, bytes.position(start), offset));
        } catch (IOException e) {
            throw isDiskFull(e) ? new DiskFullException("no space left under " + store.directory(), e) : e;
        }
    }

    private interface FileAction {
        void on(FileChannel channel) throws IOException;
    }

    /**
     * Interrupting a thread inside a FileChannel closes the channel for everybody. So an interrupted thread does not get
     * that far, and whoever finds the file closed under it opens it again.
     */
    private void onFile(FileAction action) throws IOException {
        for (int attempt = 0; ; attempt++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            try {
                action.on(file());
                return;
            } catch (ClosedChannelException e) {
                if (removed || attempt == REOPENED_MAX || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }

    @Override
    public synchronized void accepted(int piece, byte[] digest) throws IOException {
        if (removed) {
            return;
        }
        if (journal == null) {
            journal = FileChannel.open(store.journalFile(key), StandardOpenOption.WRITE);
            journalEnd = Journal.end(journal.size());
        }
        ByteBuffer record = Journal.record(piece, digest);
        int length = record.remaining();
        writeFully(journal, record, journalEnd);
        journalEnd += length;
    }

    /** The names are about to go; those who have the content open read on through the file they have. */
    void removed() throws IOException {
        ingests.voidAll();
        synchronized (this) {
            file();
            removed = true;
            if (journal != null) {
                journal.close();
                journal = null;
            }
        }
    }

    synchronized void close() throws IOException {
        if (journal != null) {
            journal.close();
            journal = null;
        }
        FileChannel present = channel;
        if (present != null) {
            present.close();
            channel = null;
        }
    }

    @Override
    public Use use() {
        uses.incrementAndGet();
        return uses::decrementAndGet;
    }

    boolean inUse() {
        return uses.get() > 0;
    }

    void touch(long nowMillis) {
        lastUsedMillis.set(nowMillis);
    }

    long lastUsedMillis() {
        return lastUsedMillis.get();
    }

    static boolean isDiskFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        long position = offset;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    static void readFully(FileChannel channel, ByteBuffer target, long offset) throws IOException {
        long position = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, position);
            if (count < 0) {
                throw new EOFException("the file ends at " + position);
            }
            position += count;
        }
    }
}
