package io.darter.swarm.simulation;

import io.darter.swarm.Source;
import io.darter.swarm.download.PieceOutcome;
import io.darter.swarm.download.Transfer;
import io.darter.swarm.scheduling.FailureReason;

/** Bytes on their way: from the origin and from node to node, and what becomes of them. */
final class Network {
    private static final long VERIFY_NANOS = 3_000_000L;
    /** As in agents: a connection that breaks, one that does not come about, one on which nothing comes. */
    private static final long NOTICE_NANOS = 100_000_000L;

    private static final long CONNECT_NANOS = 1_000_000_000L;
    private static final long STALL_NANOS = 800_000_000L;
    private static final int BUSY_RETRIES = 4;
    private static final long BUSY_FIRST_NANOS = 500_000_000L;
    private static final long RECHECK_NANOS = 10_000_000L;

    final EventQueue queue;
    final int pieceBytes;
    /** All requests get 503 until then. */
    long busyUntilNanos;

    private final Simulation simulation;
    private final Chaos chaos;
    private final Port origin;
    private final int originConnections;
    private double originBytes;
    private long peerPieces;
    private long crossZonePieces;

    Network(Simulation simulation, Chaos chaos, double bytesPerNano) {
        this.simulation = simulation;
        this.queue = simulation.queue;
        this.pieceBytes = simulation.pieceBytes;
        this.chaos = chaos;
        this.origin = new Port(bytesPerNano, true);
        this.originConnections = chaos.originConnections();
    }

    double originBytes() {
        return originBytes;
    }

    double originBytesPerNano() {
        return origin.bytesPerNano;
    }

    /** Part of the pieces between nodes that went from one zone to another. */
    double crossZoneRatio() {
        return (double) crossZonePieces / Math.max(1, peerPieces);
    }

    void begin(SimNode child, Transfer transfer) {
        switch (transfer.source()) {
            case Source.Origin _ -> ask(child, transfer, 0);
            case Source.Peer(var id) -> {
                SimNode parent = simulation.node(id);
                long farNanos = child.extraLatencyNanos + parent.extraLatencyNanos;
                if (farNanos == 0) {
                    ask(child, transfer, parent);
                } else {
                    later(child, farNanos, () -> ask(child, transfer, parent));
                }
            }
        }
    }

    /** An agent waits and asks again itself while the origin is busy; only when that takes too long the lease has failed. */
    private void ask(SimNode child, Transfer transfer, int tried) {
        boolean busy = queue.nowNanos() < busyUntilNanos;
        if (!busy && origin.size() < originConnections) {
            new Flow(this, transfer, child, origin, child.down).start();
            return;
        }
        chaos.count(busy ? Fault.BUSY_ORIGIN : Fault.CAPPED_ORIGIN);
        if (tried >= BUSY_RETRIES) {
            fail(child, transfer.leaseId(), FailureReason.ORIGIN_REFUSED, 0);
        } else {
            later(child, BUSY_FIRST_NANOS << tried, () -> ask(child, transfer, tried + 1));
        }
    }

    private void ask(SimNode child, Transfer transfer, SimNode parent) {
        long lease = transfer.leaseId();
        if (!parent.serves() || queue.nowNanos() < parent.diskBrokenUntilNanos) {
            fail(child, lease, FailureReason.UNREACHABLE, NOTICE_NANOS);
        } else if (child.side != parent.side) {
            fail(child, lease, FailureReason.UNREACHABLE, CONNECT_NANOS);
        } else if (chaos.stalls(parent)) {
            fail(child, lease, FailureReason.STALLED, STALL_NANOS);
        } else {
            new Flow(this, transfer, child, parent.up, child.down).start();
        }
    }

    /** A piece's last byte is there; it is verified before it counts. */
    void arrived(Flow flow, int piece, long tookNanos) {
        SimNode child = flow.child;
        boolean good = switch (flow.transfer.source()) {
            case Source.Peer(var id) -> arrivedFrom(simulation.node(id), flow, piece);
            case Source.Origin _ -> arrivedFromOrigin(flow, piece);
        };
        if (!good) {
            return;
        }
        if (child.keptAtStart.get(piece)) {
            simulation.violated(child.id + " fetched piece " + piece + " again, which it had kept");
        }
        long lease = flow.transfer.leaseId();
        later(child, VERIFY_NANOS, () -> child.settle(new PieceOutcome.Verified(lease, piece, tookNanos)));
    }

    private boolean arrivedFrom(SimNode parent, Flow flow, int piece) {
        SimNode child = flow.child;
        long lease = flow.transfer.leaseId();
        if (!parent.holds(piece)) {
            flow.stop();
            fail(child, lease, FailureReason.MISSING, 0);
            return false;
        }
        if (parent.isRotten(piece) || chaos.corrupts(parent)) {
            flow.stop();
            fail(child, lease, FailureReason.CORRUPT, VERIFY_NANOS);
            // The scheduler has it look at its disk.
            later(parent, RECHECK_NANOS, () -> parent.recheck(piece));
            return false;
        }
        peerPieces++;
        if (!child.zone.equals(parent.zone)) {
            crossZonePieces++;
            chaos.count(Fault.ZONES);
        }
        child.mislead(piece, parent.isMisled(piece));
        return true;
    }

    private boolean arrivedFromOrigin(Flow flow, int piece) {
        SimNode child = flow.child;
        originBytes += pieceBytes;
        child.mislead(piece, chaos.liesAboutOrigin(child));
        boolean last = piece == flow.transfer.run().last();
        if (!last && child.stopsOwn(flow.transfer.leaseId())) {
            flow.stop();
            fail(child, flow.transfer.leaseId(), FailureReason.RETURNED, VERIFY_NANOS);
        } else if (!last && chaos.cutsOrigin()) {
            flow.stop();
            fail(child, flow.transfer.leaseId(), FailureReason.UNREACHABLE, NOTICE_NANOS);
        }
        return true;
    }

    /** Ends what goes to a node. */
    void cutIncoming(SimNode node) {
        for (Flow flow : node.down.flows()) {
            if (flow.transfer.source() instanceof Source.Origin) {
                originBytes += flow.bytesOfUnfinishedPiece();
            }
            flow.behind.clear();
            flow.stop();
        }
    }

    /** Ends what comes from a node that died; those who were fetching from it notice a little later. */
    void cutOutgoing(SimNode dead) {
        for (Flow flow : dead.up.flows()) {
            breakOff(flow, FailureReason.UNREACHABLE, NOTICE_NANOS);
        }
    }

    /** Ends what goes from one side to the other: nothing comes any more, and nobody says so. */
    void cutBetweenSides(SimNode node) {
        for (Flow flow : node.down.flows()) {
            if (flow.transfer.source() instanceof Source.Peer(var id) && simulation.node(id).side != node.side) {
                breakOff(flow, FailureReason.STALLED, STALL_NANOS);
            }
        }
    }

    private void breakOff(Flow flow, FailureReason reason, long noticeNanos) {
        for (Flow waiting : flow.behind) {
            fail(waiting.child, waiting.transfer.leaseId(), reason, noticeNanos);
        }
        flow.behind.clear();
        flow.stop();
        fail(flow.child, flow.transfer.leaseId(), reason, noticeNanos);
    }

    private void fail(SimNode child, long lease, FailureReason reason, long delayNanos) {
        later(child, delayNanos, () -> child.settle(new PieceOutcome.Failed(lease, reason)));
    }

    /** If the process is still the same one by then. */
    private void later(SimNode node, long delayNanos, Runnable action) {
        int restarts = node.restarts;
        queue.after(delayNanos, () -> {
            if (node.alive && node.restarts == restarts) {
                action.run();
            }
        });
    }
}
