package io.darter.operator;

/** A cluster: nodes that share content with each other. */
public record ClusterView(String id, String name, long nodesOnline, long nodesTotal) {}
