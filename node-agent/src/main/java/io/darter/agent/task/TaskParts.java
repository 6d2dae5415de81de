package io.darter.agent.task;

import io.darter.agent.health.Traffic;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceClient;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.store.PieceStore;
import java.util.function.LongSupplier;

/** What downloads work with. */
public record TaskParts(
        PieceStore store,
        PieceClient peers,
        OriginClient origin,
        SchedulerDesk scheduler,
        Traffic traffic,
        LongSupplier nanoTime) {
    /** The same, with a note in the trace of what origin and scheduler are asked. */
    TaskParts traced(TaskTrace trace) {
        return new TaskParts(
                store,
                peers,
                new TracedOrigin(origin, trace, nanoTime),
                new TracedDesk(scheduler, trace, nanoTime),
                traffic,
                nanoTime);
    }
}
