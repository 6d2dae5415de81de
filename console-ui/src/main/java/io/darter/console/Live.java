package io.darter.console;

import io.darter.operator.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The newest known value of a topic.
 *
 * @param value null until it could be fetched once
 * @param fetchedAt when the value was fetched; null without a value
 * @param problem why the last attempt failed, null if it did not; the value is then an old one
 */
record Live<T>(
        @Nullable T value,
        @Nullable Instant fetchedAt,
        @Nullable Problem problem) {
    static <T> Live<T> of(T value, Instant fetchedAt) {
        return new Live<>(value, fetchedAt, null);
    }

    Live<T> failed(Problem why) {
        return new Live<>(value, fetchedAt, why);
    }

    boolean stale() {
        return problem != null;
    }
}
