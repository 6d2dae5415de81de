package io.darter.operator;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be different about a node; null leaves it as it is.
 *
 * @param labels all of them: at most 32, named and valued as Kubernetes does it
 * @param zone empty: what the agent says
 * @param rack empty: what the agent says
 */
public record NodeChange(
        @Nullable Map<String, String> labels,
        @Nullable String zone,
        @Nullable String rack) {}
