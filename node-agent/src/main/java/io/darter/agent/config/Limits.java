package io.darter.agent.config;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * How fast this node may send to and receive from other nodes.
 *
 * @param uploadBytesPerSecond where no window says otherwise; 0 = unlimited
 * @param downloadBytesPerSecond the same
 * @param windows the first that contains a time counts
 */
public record Limits(long uploadBytesPerSecond, long downloadBytesPerSecond, ZoneId zone, List<LimitWindow> windows) {
    /** What applies at one time. */
    public record Rates(long uploadBytesPerSecond, long downloadBytesPerSecond) {}

    public Rates at(Instant now) {
        ZonedDateTime local = now.atZone(zone);
        for (LimitWindow window : windows) {
            if (window.contains(local)) {
                return new Rates(
                        window.uploadBytesPerSecond().orElse(uploadBytesPerSecond),
                        window.downloadBytesPerSecond().orElse(downloadBytesPerSecond));
            }
        }
        return new Rates(uploadBytesPerSecond, downloadBytesPerSecond);
    }
}
