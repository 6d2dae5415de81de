package io.darter.agent.schedulerlink;

import io.darter.agent.task.ContentSource;
import io.darter.swarm.scheduling.SwarmEvent;
import java.util.List;
import java.util.Optional;

/**
 * A content that this node wants, or (with every piece held) offers.
 *
 * @param task the name a person knows
 * @param live a caller waits for the bytes
 * @param assist the answer to an Assist
 * @param readerOffset the first byte that the caller wants
 * @param fetching what comes from the origin now, with leases of a scheduler
 */
public record Wanted(
        ContentSource content,
        String task,
        boolean live,
        boolean assist,
        Optional<Held> held,
        long readerOffset,
        List<SwarmEvent.Fetching> fetching) {
    public Wanted(ContentSource content, String task, boolean live, boolean assist, Optional<Held> held) {
        this(content, task, live, assist, held, 0, List.of());
    }
}
