package io.darter.agent.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Own bytes: everything that contents take on the disk, also while it is being written and while a file without a name
 * is still open. Claimed before a byte is written, so that the quota is never passed. Safe for use by many threads.
 */
final class Space {
    private final StoreSettings settings;
    private final AtomicLong usedBytes = new AtomicLong();
    private volatile @Nullable FileStore disk;

    Space(StoreSettings settings) {
        this.settings = settings;
    }

    void on(FileStore fileStore) {
        disk = fileStore;
    }

    long usedBytes() {
        return usedBytes.get();
    }

    void take(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    boolean fits(long bytes) throws IOException {
        return usedBytes.get() + bytes <= limitBytes();
    }

    /** Whether it could be stored if everything else went. */
    boolean couldHold(long bytes) throws IOException {
        return bytes <= limitBytes();
    }

    /** So many bytes have to go before these are written; 0 below the high mark. */
    long excessBytes(long bytes) throws IOException {
        long limit = limitBytes();
        long wanted = usedBytes.get() + bytes;
        return wanted <= settings.highBytes(limit) ? 0 : wanted - settings.lowBytes(limit);
    }

    /** The quota, or what the disk has left for us if that is less. */
    private long limitBytes() throws IOException {
        FileStore store = disk;
        if (store == null || settings.diskReserveBytes() == 0) {
            return settings.quotaBytes();
        }
        long free = store.getUsableSpace() - Math.min(settings.diskReserveBytes(), store.getTotalSpace() / 20);
        return Math.min(settings.quotaBytes(), Math.max(0, usedBytes.get() + free));
    }
}
