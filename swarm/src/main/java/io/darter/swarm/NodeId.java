package io.darter.swarm;

/** A node's name for life, decided by the appliance's CA when the node joins: 1 to 64 of {@code [a-z0-9-]}. */
public record NodeId(String value) implements Comparable<NodeId> {
    public NodeId {
        if (!value.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("not a node id (1 to 64 of a-z, 0-9, -): " + value);
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
