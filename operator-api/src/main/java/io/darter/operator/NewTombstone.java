package io.darter.operator;

import org.jspecify.annotations.Nullable;

/**
 * A content that nobody of a cluster may hold any more.
 *
 * @param content key ({@code sha256-…}) or digest ({@code sha256:…})
 * @param reason for people, 1 to 500 characters
 */
public record NewTombstone(
        @Nullable String content, @Nullable String reason) {}
