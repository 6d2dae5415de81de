package io.darter.agent.http;

import java.nio.file.Path;

/** Where a server listens. */
public sealed interface Endpoint {
    /**
     * @param key the setting that says so, named when the port is taken: {@code peer.port}
     * @param host a literal address of this machine
     * @param port 0 = any free one
     */
    record Tcp(String key, String host, int port) implements Endpoint {}

    /** A Unix domain socket, mode 0660; a stale one is replaced. */
    record Unix(Path path) implements Endpoint {}
}
