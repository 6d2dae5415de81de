package io.darter.operator;

import java.time.Instant;

/** A join token without its secret. */
public record JoinTokenView(
        String id, String cluster, String role, int usesLeft, Instant createdAt, Instant expiresAt, boolean usable) {}
