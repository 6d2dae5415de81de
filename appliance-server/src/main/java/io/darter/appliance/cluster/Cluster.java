package io.darter.appliance.cluster;

/** Nodes that share content with each other; content never crosses clusters. */
public record Cluster(String id, String name) {}
