package io.darter.operator;

/**
 * A role in a cluster.
 *
 * @param cluster id or name; {@link #EVERY_CLUSTER} for all, those of tomorrow included. Answers have the name
 * @param role {@code viewer}, {@code operator} or {@code admin}
 */
public record Grant(String cluster, String role) {
    public static final String EVERY_CLUSTER = "*";
}
