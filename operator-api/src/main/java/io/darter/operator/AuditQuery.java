package io.darter.operator;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which changes to list; empty texts and null match all.
 *
 * @param user exactly
 * @param action from its beginning, so that {@code user} finds all that was done to users
 * @param subject exactly
 * @param from inclusive
 * @param until exclusive
 */
public record AuditQuery(
        String user,
        String action,
        String subject,
        @Nullable Instant from,
        @Nullable Instant until,
        int offset,
        int limit) {
    public static AuditQuery all() {
        return new AuditQuery("", "", "", null, null, 0, 1000);
    }
}
