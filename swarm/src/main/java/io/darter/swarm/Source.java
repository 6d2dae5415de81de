package io.darter.swarm;

/** Where the pieces of a lease come from. */
public sealed interface Source {
    /** The registry or HTTP server the content comes from. */
    record Origin() implements Source {}

    /** Another node, which holds the pieces. */
    record Peer(NodeId node) implements Source {}

    Origin ORIGIN = new Origin();
}
