package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceMap;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A content in three names: {@code <key>.part} while it arrives, {@code <key>.data} from its commit on, and
 * {@code <key>.journal} with the digests of its accepted pieces.
 */
final class DiskContent implements StoredContent, PieceIngest.Place {
    private static final int CHUNK_BYTES = 1 << 20;

    private final DiskPieceStore store;
    private final StoreFiles files;
    private final ContentKey key;
    private final PieceGeometry geometry;
    private final VerifiedPieces pieces;
    private final PieceIngest.Table ingests;
    private final AtomicInteger uses = new AtomicInteger();
    private final AtomicLong lastUsedMillis;
    private final ContentFile file;
    private final PieceMap claimed;
    private final JournalFile journal;
    private final WriteBack writeBack = new WriteBack();
    private long onDiskBytes;
    private long keptUseMillis;
    private final WholeFile whole;
    private volatile long lentMillis = Long.MIN_VALUE / 2;
    private volatile boolean removed;
    private volatile boolean named;
    private volatile boolean committed;
    private boolean closeWhenUnused;

    DiskContent(DiskPieceStore store, ContentKey key, PieceGeometry geometry, long lastUsedMillis) {
        this.store = store;
        this.files = store.files();
        this.journal = new JournalFile(files.journal(key));
        this.whole = new WholeFile(this, files.data(key), journal, this::inUse);
        this.key = key;
        this.file = new ContentFile(this, files, store.handles());
        this.geometry = geometry;
        this.lastUsedMillis = new AtomicLong(lastUsedMillis);
        this.pieces = new VerifiedPieces(geometry);
        this.claimed = new PieceMap(geometry.pieces());
        this.ingests = new PieceIngest.Table(geometry, pieces, this);
    }

    /** Begins with nothing; the journal's bytes are claimed. */
    void create() throws IOException {
        synchronized (this) {
            onDiskBytes = StoreFiles.onDisk(Journal.sizeBytes(geometry));
        }
        try {
            Journal.create(files.journal(key), key, geometry);
        } catch (IOException e) {
            closeRemoved();
            throw FileBytes.isDiskFull(e) ? full(e) : e;
        }
    }

    /** Goes on with a committed content: its journal and its identity are its proof. */
    void adoptCommitted(Journal.Contents recorded) {
        recorded.digests().forEach(pieces::add);
        whole.adopt(recorded);
        committed = true;
        synchronized (claimed) {
            for (int piece = 0; piece < geometry.pieces(); piece++) {
                claimed.set(piece);
            }
        }
        synchronized (this) {
            keptUseMillis = lastUsedMillis.get();
            onDiskBytes = new Sleeper(recorded, 0).onDiskBytes();
            store.space().take(onDiskBytes);
        }
    }

    /**
     * Goes on with the pieces whose bytes are still right; reads all of them. False if nothing can be gone on with: the
     * content is cut otherwise now, or somebody else wrote into the file, which is then theirs alone.
     */
    boolean resume(Sleeper sleeper) throws IOException {
        if (!sleeper.journal().geometry().equals(geometry)) {
            return false;
        }
        boolean shared = sleeper.journal().linked();
        if (shared && Files.exists(files.data(key))) {
            files.withdraw(key);
        }
        FileIdentity before = FileIdentity.of(files.part(key));
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(geometry.pieceBytes(), CHUNK_BYTES));
        for (Map.Entry<Integer, byte[]> recorded : sleeper.journal().digests().entrySet()) {
            if (MessageDigest.isEqual(hash(recorded.getKey(), buffer), recorded.getValue())) {
                pieces.add(recorded.getKey(), recorded.getValue());
            } else if (shared) {
                close();
                return false;
            }
            synchronized (claimed) {
                claimed.set(recorded.getKey());
            }
        }
        synchronized (this) {
            onDiskBytes = sleeper.onDiskBytes();
        }
        if (shared) {
            if (!pieces.isFull() || !before.sameBytes(FileIdentity.of(files.part(key)))) {
                close();
                return false;
            }
            whole.adopt(sleeper.journal());
            commit();
        }
        return true;
    }

    /** Of what the file holds; of nothing where it ends before. */
    private byte[] hash(int piece, ByteBuffer buffer) {
        try {
            return FileBytes.hash(
                    geometry,
                    piece,
                    buffer,
                    (target, from) -> file.with(channel -> FileBytes.readFully(channel, target, from)));
        } catch (IOException e) {
            return Sha256.start().digest(); // missing, or not to be read: fetched again
        }
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
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(geometry.pieceBytes(), CHUNK_BYTES));
        boolean right = MessageDigest.isEqual(hash(piece, buffer), pieces.digest(piece));
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted"); // which says nothing about the piece
        }
        if (!right && !giveUp(piece)) {
            doubt();
        }
        return right;
    }

    /**
     * The journal need not be told: what is not committed is read and verified again after a restart. False if the file is
     * not ours alone: then nothing may be written into it.
     */
    private synchronized boolean giveUp(int piece) throws IOException {
        if (whole.sharedForGood()) {
            return false;
        }
        pieces.remove(piece);
        if (committed && !removed) {
            files.withdraw(key);
            whole.stays(false);
            file.letGo(); // it was opened for reading only; who reads through it goes on
            committed = false;
        }
        return true;
    }

    @Override
    public void doubt() throws IOException {
        store.doubt(this);
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
        file.with(channel -> FileBytes.readFully(channel, target.position(start), offset));
    }

    @Override
    public FileChannel file() {
        lentMillis = store.nowMillis();
        try {
            return file.channel();
        } catch (IOException e) {
            throw new UncheckedIOException("the file of " + key + " cannot be opened", e);
        }
    }

    /** When somebody last got the file itself, and may still be sending from it. */
    long lentMillis() {
        return lentMillis;
    }

    /**
     * Lets go of the file without closing it: whoever still reads through it goes on, and the JDK closes it when nobody
     * can any more. Takes no lock: called while another content's is held.
     */
    void dropHandle() {
        if (!removed) {
            file.letGo();
        }
    }

    boolean isRemoved() {
        return removed;
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
        file.channel().force(true);
        if (!removed) {
            whole.record(FileIdentity.of(files.part(key)));
            files.publish(key);
            if (whole.sharedForGood()) {
                whole.record(FileIdentity.of(files.data(key))); // with the time of the renaming
            }
            whole.stays(true);
        }
        journal.close();
        committed = true;
    }

    @Override
    public boolean shared() {
        return whole.shared();
    }

    /** Somebody has a name of the file, and not only the prospect of one: it stays where that name found it. */
    boolean sharedForGood() {
        return whole.sharedForGood();
    }

    /** Nothing tells that somebody wrote into the file since it was verified. */
    boolean isUnchanged() {
        return whole.isUnchanged();
    }

    /** It has to be read before it is believed again; who has the file open reads on. */
    synchronized Sleeper fallAsleep() {
        whole.stays(false);
        removed = true; // for this object: what is accepted from now on is not
        TreeMap<Integer, byte[]> digests = new TreeMap<>();
        for (int piece = 0; piece < geometry.pieces(); piece++) {
            if (pieces.has(piece)) {
                digests.put(piece, pieces.digest(piece));
            }
        }
        return new Sleeper(
                new Journal.Contents(key, geometry, digests, whole.identity(), whole.sharedForGood()),
                lastUsedMillis.get());
    }

    @Override
    public synchronized Handing handOut(Path name, boolean toShare) throws IOException {
        if (removed) {
            throw new IOException(key + " is gone");
        }
        return whole.handOut(name, committed ? files.data(key) : files.part(key), toShare);
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
        if (!bytes.hasRemaining()) {
            return;
        }
        claim(geometry.pieceAt(offset));
        while (true) {
            try {
                file.with(channel -> store.disk().write(channel, bytes.position(start), offset));
                return;
            } catch (IOException e) {
                if (!FileBytes.isDiskFull(e)) {
                    throw e;
                }
                if (!store.eviction().makeSpace(this)) {
                    throw full(e);
                }
            }
        }
    }

    private DiskFullException full(IOException cause) {
        return new DiskFullException("no space is left under " + files.directory(), cause);
    }

    /** Room for the piece, once: what was written for it and not accepted is written over. */
    private void claim(int piece) throws IOException {
        synchronized (claimed) {
            if (!claimed.set(piece)) {
                return;
            }
        }
        long bytes = StoreFiles.onDisk(geometry.length(piece));
        try {
            store.eviction().claim(this, bytes);
        } catch (IOException e) {
            synchronized (claimed) {
                claimed.clear(piece);
            }
            throw e;
        }
        synchronized (this) {
            onDiskBytes += bytes;
        }
    }

    synchronized long onDiskBytes() {
        return onDiskBytes;
    }

    @Override
    public void accepted(int piece, byte[] digest) throws IOException {
        while (true) {
            try {
                appendUnlessRemoved(Journal.record(piece, digest));
                writeBack.wrote(geometry.length(piece), () -> file.channel().force(false));
                return;
            } catch (IOException e) {
                if (!FileBytes.isDiskFull(e)) {
                    throw e;
                }
                if (!store.eviction().makeSpace(this)) {
                    throw full(e);
                }
            }
        }
    }

    private synchronized void appendUnlessRemoved(ByteBuffer record) throws IOException {
        if (!removed) {
            journal.append(record);
        }
    }

    void stopIngests() {
        ingests.voidAll();
    }

    /** The names are about to go; those who have the content open read on through the file they have. True if one is open. */
    boolean removed() throws IOException {
        ingests.voidAll();
        synchronized (this) {
            if (inUse()) {
                file.channel();
            }
            removed = true;
            whole.stays(false);
            journal.close();
            return file.isOpen();
        }
    }

    /** Others go on with the file under its name: whoever still sends from it here is not disturbed. */
    void staysNamed() {
        named = true;
    }

    /** Those who have it open had their time: the disk gets its bytes back, now (true) or when the last use ends. */
    boolean closeRemoved() {
        synchronized (this) {
            removed = true;
            if (inUse()) {
                closeWhenUnused = true;
                return false;
            }
            closeWhenUnused = false;
            if (named) {
                file.letGo(); // somebody may still be sending from it
            } else {
                file.closeQuietly();
            }
            store.space().giveBack(onDiskBytes);
            onDiskBytes = 0;
            return true;
        }
    }

    synchronized void close() throws IOException {
        journal.close();
        file.close();
    }

    @Override
    public Use use() {
        uses.incrementAndGet();
        return this::endUse;
    }

    private void endUse() {
        touch(store.nowMillis());
        boolean last;
        synchronized (this) {
            last = uses.decrementAndGet() == 0 && closeWhenUnused;
        }
        if (last) {
            closeRemoved();
        }
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

    /** For the next start; what is not whole has the time of its last piece. */
    synchronized void keepLastUse() throws IOException {
        long usedMillis = lastUsedMillis.get();
        if (committed && !removed && usedMillis > keptUseMillis) {
            files.touch(key, usedMillis);
            keptUseMillis = usedMillis;
        }
    }
}
