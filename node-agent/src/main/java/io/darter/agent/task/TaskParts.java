package io.darter.agent.task;

import io.darter.agent.health.Traffic;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.store.PieceStore;
import io.darter.agent.store.StoredContent;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What downloads work with. */
public record TaskParts(
        PieceStore store,
        PieceClient peers,
        OriginClient origin,
        SchedulerDesk scheduler,
        Traffic traffic,
        LongSupplier nanoTime,
        PeerMemory memory) {
    /** With nothing remembered yet. */
    public TaskParts(
            PieceStore store,
            PieceClient peers,
            OriginClient origin,
            SchedulerDesk scheduler,
            Traffic traffic,
            LongSupplier nanoTime) {
        this(store, peers, origin, scheduler, traffic, nanoTime, new PeerMemory());
    }

    /** The same, with a note in the trace of what origin and scheduler are asked. */
    TaskParts traced(TaskTrace trace) {
        return new TaskParts(
                store,
                peers,
                new TracedOrigin(origin, trace, nanoTime),
                new TracedDesk(scheduler, trace, nanoTime),
                traffic,
                nanoTime,
                memory);
    }

    /** What was opened and never filled is of no use to the next who asks. */
    void removeIfEmpty(@Nullable StoredContent content) {
        try {
            if (content != null && content.verified().count() == 0) {
                store.remove(content.key());
            }
        } catch (IOException e) {
            LoggerFactory.getLogger(TaskParts.class)
                    .atWarn()
                    .addKeyValue("content", content)
                    .setCause(e)
                    .log("an empty content could not be removed");
        }
    }
}
