package io.darter.agent.task;

import io.darter.agent.schedulerlink.Neighbours;
import io.darter.agent.schedulerlink.SchedulerDesk;
import io.darter.agent.schedulerlink.Wanted;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceRun;
import io.darter.swarm.scheduling.FailureReason;
import java.util.function.LongSupplier;

/** The scheduler's desk, with a note of what a download asks of it and gives back to it. */
record TracedDesk(SchedulerDesk desk, TaskTrace trace, LongSupplier nanoTime) implements SchedulerDesk {
    @Override
    public boolean linked() {
        return desk.linked();
    }

    @Override
    public boolean expected() {
        return desk.expected();
    }

    @Override
    public boolean silent() {
        return desk.silent();
    }

    @Override
    public void probe() {
        desk.probe();
    }

    @Override
    public Neighbours neighbours() {
        return desk.neighbours();
    }

    @Override
    public void want(Wanted wanted) {
        trace.asked(wanted.held().map(held -> held.pieces().count()).orElse(0), nanoTime.getAsLong());
        desk.want(wanted);
    }

    @Override
    public void verified(ContentKey key, long leaseId, PieceRun run, long tookMicros, byte[] digests) {
        desk.verified(key, leaseId, run, tookMicros, digests);
    }

    @Override
    public void originBusy(ContentKey key, long pauseMillis) {
        desk.originBusy(key, pauseMillis);
    }

    @Override
    public void leaseFailed(ContentKey key, long leaseId, FailureReason reason, String detail, int originStatus) {
        trace.gaveBack(leaseId, reason, detail, nanoTime.getAsLong());
        desk.leaseFailed(key, leaseId, reason, detail, originStatus);
    }

    @Override
    public void readerMoved(ContentKey key, int piece) {
        desk.readerMoved(key, piece);
    }

    @Override
    public void released(ContentKey key) {
        desk.released(key);
    }

    @Override
    public void delivered(ContentKey key, long bytes) {
        desk.delivered(key, bytes);
    }
}
