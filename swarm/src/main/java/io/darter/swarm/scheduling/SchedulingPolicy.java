package io.darter.swarm.scheduling;

/**
 * The numbers of the policy; see {@link SwarmScheduler} for what they are for. In small swarms less than the window, the
 * pipeline and the queue here is used.
 *
 * @param batchLeases leases granted to a node at once, at most
 * @param windowLeases leases a node holds and has not finished, at most
 * @param partners parents that a child fetches from at once, and children that a parent serves at once, in one content; one
 *     more for rare pieces of large swarms
 * @param pipelineLeases leases of one child on one parent that are not finished, at most
 * @param queuePerParent leases on one parent that are not finished, at most, over all contents
 * @param originConnectionsPerTask nodes that fetch one content from the origin at the same time, at most
 * @param originFetchers which nodes may do that
 * @param fixedPieceBytes size of a piece; 0 = {@link io.darter.swarm.PieceSizeRule}
 * @param leaseNanos a lease without progress for so long is void
 * @param assistNanos how long a seed that was asked to assist may keep the others waiting
 * @param runBytesMax small consecutive pieces are leased together up to so many bytes
 * @param originRunBytesMax longest origin lease
 * @param readAheadBytes how far ahead of its reader a live node fetches while there is something to fetch nearer
 */
public record SchedulingPolicy(
        int batchLeases,
        int windowLeases,
        int partners,
        int pipelineLeases,
        int queuePerParent,
        int originConnectionsPerTask,
        OriginFetchers originFetchers,
        int fixedPieceBytes,
        long leaseNanos,
        long assistNanos,
        long runBytesMax,
        long originRunBytesMax,
        long readAheadBytes) {
    public SchedulingPolicy {
        if (partners < 1
                || pipelineLeases < 1
                || batchLeases < 1
                || windowLeases < 1
                || queuePerParent < 1
                || originConnectionsPerTask < 1) {
            throw new IllegalArgumentException(
                    "batch, window, partners, pipeline, queue and origin connections are at least 1");
        }
        if (fixedPieceBytes < 0 || leaseNanos <= 0 || assistNanos < 0 || readAheadBytes < 1) {
            throw new IllegalArgumentException("a size or a time is negative");
        }
    }

    public static SchedulingPolicy defaults() {
        return new SchedulingPolicy(
                6,
                6,
                2,
                3,
                6,
                3,
                OriginFetchers.SEEDS_FIRST,
                0,
                30_000_000_000L,
                1_500_000_000L,
                512 << 10,
                256 << 20,
                512 << 20);
    }

    public SchedulingPolicy withBatch(int leases) {
        return new SchedulingPolicy(
                leases,
                windowLeases,
                partners,
                pipelineLeases,
                queuePerParent,
                originConnectionsPerTask,
                originFetchers,
                fixedPieceBytes,
                leaseNanos,
                assistNanos,
                runBytesMax,
                originRunBytesMax,
                readAheadBytes);
    }

    public SchedulingPolicy withWindow(int leases) {
        return new SchedulingPolicy(
                batchLeases,
                leases,
                partners,
                pipelineLeases,
                queuePerParent,
                originConnectionsPerTask,
                originFetchers,
                fixedPieceBytes,
                leaseNanos,
                assistNanos,
                runBytesMax,
                originRunBytesMax,
                readAheadBytes);
    }

    public SchedulingPolicy withQueuePerParent(int leases) {
        return new SchedulingPolicy(
                batchLeases,
                windowLeases,
                partners,
                pipelineLeases,
                leases,
                originConnectionsPerTask,
                originFetchers,
                fixedPieceBytes,
                leaseNanos,
                assistNanos,
                runBytesMax,
                originRunBytesMax,
                readAheadBytes);
    }

    public SchedulingPolicy withOriginConnectionsPerTask(int connections) {
        return new SchedulingPolicy(
                batchLeases,
                windowLeases,
                partners,
                pipelineLeases,
                queuePerParent,
                connections,
                originFetchers,
                fixedPieceBytes,
                leaseNanos,
                assistNanos,
                runBytesMax,
                originRunBytesMax,
                readAheadBytes);
    }

    public SchedulingPolicy withOriginFetchers(OriginFetchers fetchers) {
        return new SchedulingPolicy(
                batchLeases,
                windowLeases,
                partners,
                pipelineLeases,
                queuePerParent,
                originConnectionsPerTask,
                fetchers,
                fixedPieceBytes,
                leaseNanos,
                assistNanos,
                runBytesMax,
                originRunBytesMax,
                readAheadBytes);
    }

    public SchedulingPolicy withFixedPieceBytes(int pieceBytes) {
        return new SchedulingPolicy(
                batchLeases,
                windowLeases,
                partners,
                pipelineLeases,
                queuePerParent,
                originConnectionsPerTask,
                originFetchers,
                pieceBytes,
                leaseNanos,
                assistNanos,
                runBytesMax,
                originRunBytesMax,
                readAheadBytes);
    }
}
