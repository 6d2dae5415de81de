package io.darter.appliance.coordination;

import java.util.concurrent.TimeUnit;
import org.redisson.api.RAtomicLong;
import org.redisson.api.RBucket;
import org.redisson.api.RFencedLock;
import org.redisson.api.RedissonClient;

/** The lock in Redis. Held by a thread, so that only ever the same one may use it. */
final class RedisLock implements SharedLock {
    private final RFencedLock lock;
    private final RAtomicLong epoch;
    private final RBucket<String> owner;

    RedisLock(RedissonClient redis, String clusterId) {
        String prefix = "darter:{" + clusterId + "}:";
        lock = redis.getFencedLock(prefix + "lock");
        epoch = redis.getAtomicLong(prefix + "epoch");
        owner = redis.getBucket(prefix + "owner");
    }

    @Override
    public long remainingMillis() {
        return lock.remainTimeToLive();
    }

    @Override
    public boolean extend() {
        boolean held = lock.isHeldByCurrentThread();
        // The same thread takes it again: in one step it either keeps it, or takes it where it had run out.
        if (lock.tryLockAndGetToken(0, Ownership.TTL_MILLIS, TimeUnit.MILLISECONDS) == null) {
            return false;
        }
        if (held) {
            lock.unlock(); // held once, so that one release frees it
        }
        return true;
    }

    @Override
    public void release() {
        if (lock.isHeldByCurrentThread()) {
            lock.unlock();
        }
    }

    @Override
    public long epoch() {
        return epoch.get();
    }

    @Override
    public boolean raise(long expected, long fresh) {
        return epoch.compareAndSet(expected, fresh);
    }

    @Override
    public String owner() {
        String name = owner.get();
        return name == null ? "" : name;
    }

    @Override
    public void owner(String replica) {
        owner.set(replica);
    }
}
