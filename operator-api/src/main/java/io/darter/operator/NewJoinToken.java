package io.darter.operator;

/**
 * @param cluster id or name; empty for the only one
 * @param role {@code node} or {@code seed}
 * @param uses 1 to 10,000
 * @param validSeconds 60 to 30 days
 */
public record NewJoinToken(String cluster, String role, int uses, long validSeconds) {}
