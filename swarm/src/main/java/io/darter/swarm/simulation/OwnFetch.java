package io.darter.swarm.simulation;

import io.darter.swarm.Lease;
import io.darter.swarm.PieceGeometry;
import io.darter.swarm.PieceRun;
import io.darter.swarm.Source;
import io.darter.swarm.download.PeerDownload;
import io.darter.swarm.download.PieceOutcome;

/**
 * What an agent permits itself while there is no scheduler: it finishes what it was granted, and after half a second of
 * silence it fetches what is missing from the origin, one run after the other, until the scheduler is back.
 */
final class OwnFetch {
    private static final long SILENCE_NANOS = 500_000_000L;
    private static final long LOOK_NANOS = 100_000_000L;
    private static final long RETRY_FIRST_NANOS = 400_000_000L;

    private final SimNode node;
    private final Simulation simulation;
    private long lastId;
    private boolean running;
    private boolean stopped;
    private int failures;
    private long notBeforeNanos;

    OwnFetch(SimNode node, Simulation simulation) {
        this.node = node;
        this.simulation = simulation;
    }

    static boolean isOwn(long lease) {
        return lease < 0;
    }

    void linkLost() {
        notBeforeNanos = simulation.queue.nowNanos() + SILENCE_NANOS;
        look(node.generation);
    }

    /** The scheduler is there: the transfer ends after its present piece. */
    void stop() {
        stopped = running;
    }

    boolean isStopped(long lease) {
        return isOwn(lease) && stopped;
    }

    /** The process or its download is no more. */
    void over() {
        running = false;
        stopped = false;
    }

    void settled(PieceOutcome outcome) {
        switch (outcome) {
            case PieceOutcome.Failed(long lease, var _) -> {
                if (isOwn(lease)) {
                    over();
                    notBeforeNanos = simulation.queue.nowNanos() + (RETRY_FIRST_NANOS << Math.min(failures++, 4));
                }
            }
            case PieceOutcome.Verified(long lease, int _, long _) -> failures = isOwn(lease) ? 0 : failures;
        }
    }

    private void look(int generation) {
        if (node.linked || !node.alive || node.leaving || node.generation != generation || node.finishedNanos >= 0) {
            return;
        }
        if (simulation.queue.nowNanos() >= notBeforeNanos) {
            helpOurselves();
        }
        simulation.queue.after(LOOK_NANOS, () -> look(generation));
    }

    private void helpOurselves() {
        PeerDownload download = node.download();
        if (download == null) {
            download = node.open(new PieceGeometry(simulation.spec.sizeBytes(), simulation.pieceBytes));
        }
        if (running && download.leases() == 0) {
            over();
        }
        int pieces = download.verified().pieces();
        int first = download.verified().nextClear(0);
        if (running || download.leases() > 0 || first == pieces) {
            return;
        }
        int end = first;
        while (end < pieces && !download.verified().get(end)) {
            end++;
        }
        running = true;
        simulation.ownFetches++;
        PieceRun run = new PieceRun(first, end - first);
        download.granted(new Lease(--lastId, simulation.key, run, Source.ORIGIN, Long.MAX_VALUE));
        node.goOn();
    }
}
