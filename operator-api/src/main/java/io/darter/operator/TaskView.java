package io.darter.operator;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One image or one file that nodes asked for.
 *
 * @param kind {@code image} or {@code file}
 * @param state {@code running}, {@code done} or {@code failed}
 * @param contentBytes unique compressed bytes
 * @param wantedBytes what all its nodes together must get (seeds included)
 * @param verifiedBytes what they have so far, verified
 * @param peakOriginConnections most origin leases in use at one time
 * @param failure words for a failed task, else empty
 */
public record TaskView(
        String id,
        String name,
        String cluster,
        String kind,
        String state,
        long contentBytes,
        long wantedBytes,
        long verifiedBytes,
        long originBytes,
        long peerBytes,
        int nodes,
        int nodesDone,
        int peakOriginConnections,
        Instant startedAt,
        @Nullable Instant finishedAt,
        String failure) {}
