package io.darter.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A way to get the content onto one node through the node's agent. */
interface Fetch {
    /**
     * Blocks until everything lies in the folder.
     *
     * @throws DemoFailure if the agent answered that it cannot be had
     * @throws IOException if the agent did not answer, or stopped in the middle
     */
    List<ReceivedFile> fetch(AgentProcess agent, Path folder, Meter meter)
            throws DemoFailure, IOException, InterruptedException;

    /** @param sha256 that the bytes must have, in hex; empty if only the origin can tell */
    record ReceivedFile(Path path, String sha256, long sizeBytes) {}
}
