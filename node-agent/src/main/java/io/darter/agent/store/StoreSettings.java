package io.darter.agent.store;

import java.time.Duration;

/**
 * How much a store keeps, and for how long.
 *
 * @param quotaBytes on disk, of all contents together with their journals
 * @param highPercent of the quota; a write that would go above makes room down to the low mark first
 * @param lowPercent of the quota, at most {@code highPercent}
 * @param timeToLive since its last use after which a content goes; zero = it stays until there is no room
 * @param diskReserveBytes of the file system that are left to others
 */
public record StoreSettings(
        long quotaBytes, int highPercent, int lowPercent, Duration timeToLive, long diskReserveBytes) {
    public static final int HIGH_PERCENT = 95;
    public static final int LOW_PERCENT = 85;

    public StoreSettings {
        if (quotaBytes < 0 || diskReserveBytes < 0 || timeToLive.isNegative()) {
            throw new IllegalArgumentException("a bound of the store is negative");
        }
        if (lowPercent < 0 || highPercent < lowPercent || highPercent > 100) {
            throw new IllegalArgumentException("not water marks: " + highPercent + " %, " + lowPercent + " %");
        }
    }

    /** The usual marks, no time to live, all of the disk. */
    public static StoreSettings ofQuota(long quotaBytes) {
        return new StoreSettings(quotaBytes, HIGH_PERCENT, LOW_PERCENT, Duration.ZERO, 0);
    }

    long highBytes(long limitBytes) {
        return percent(limitBytes, highPercent);
    }

    long lowBytes(long limitBytes) {
        return percent(limitBytes, lowPercent);
    }

    private static long percent(long bytes, int percent) {
        return bytes / 100 * percent + bytes % 100 * percent / 100;
    }
}
