package io.darter.operator;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API token without its secret.
 *
 * @param grants what it may if its maker still may
 * @param lastUsedAt to the minute; null if it never was
 * @param usable whether it is neither revoked nor expired
 */
public record ApiTokenView(
        String id,
        String name,
        List<Grant> grants,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant lastUsedAt,
        boolean usable) {}
