package io.darter.swarm.simulation;

import io.darter.swarm.Source;
import io.darter.swarm.download.Transfer;
import java.util.ArrayDeque;
import java.util.Deque;

/** A transfer under way. As an event it is the arrival of its present piece's last byte. */
final class Flow extends SimEvent {
    final Transfer transfer;
    final SimNode child;
    final Port from;
    final Port to;
    /** Requests on the same connection, in order; they are served one after another. */
    final Deque<Flow> behind = new ArrayDeque<>(1);

    private final Network network;
    private double uploadGrant = Double.POSITIVE_INFINITY;
    private double downloadGrant = Double.POSITIVE_INFINITY;
    private double rate;
    private double bytesLeft;
    private long countedNanos;
    int piece;
    long pieceStartedNanos;

    Flow(Network network, Transfer transfer, SimNode child, Port from, Port to) {
        this.network = network;
        this.transfer = transfer;
        this.child = child;
        this.from = from;
        this.to = to;
        this.piece = transfer.run().first();
    }

    /** Asks for the pieces: at once, or on the same connection behind what is under way from there. */
    void start() {
        for (Flow ahead : to.flows()) {
            if (ahead.from == from && !isOrigin()) {
                ahead.behind.addLast(this);
                return;
            }
        }
        begin();
    }

    private boolean isOrigin() {
        return transfer.source() instanceof Source.Origin;
    }

    private void begin() {
        nextPiece();
        from.add(this);
        to.add(this);
        settleEnds();
    }

    void stop() {
        from.remove(this);
        to.remove(this);
        network.queue.cancel(this);
        Flow next = behind.pollFirst();
        if (next == null) {
            settleEnds();
        } else {
            next.behind.addAll(behind);
            behind.clear();
            next.begin();
        }
    }

    @Override
    void happen() {
        int arrived = piece;
        long tookNanos = network.queue.nowNanos() - pieceStartedNanos;
        piece++;
        if (piece < transfer.run().end()) {
            nextPiece();
            schedule();
        } else {
            stop();
        }
        network.arrived(this, arrived, tookNanos);
    }

    double grant(boolean upload) {
        return upload ? uploadGrant : downloadGrant;
    }

    void grant(boolean upload, double bytesPerNano) {
        if (upload) {
            uploadGrant = bytesPerNano;
        } else {
            downloadGrant = bytesPerNano;
        }
    }

    void retime() {
        double next = Math.min(uploadGrant, downloadGrant);
        if (Math.abs(next - rate) > 1e-9 * rate) {
            count();
            rate = next;
            schedule();
        }
    }

    /** Bytes of the present piece that have been carried in vain if the flow ends now. */
    double bytesOfUnfinishedPiece() {
        count();
        return network.pieceBytes - bytesLeft;
    }

    private void nextPiece() {
        bytesLeft = network.pieceBytes;
        countedNanos = network.queue.nowNanos();
        pieceStartedNanos = countedNanos;
    }

    private void count() {
        long now = network.queue.nowNanos();
        bytesLeft = Math.max(0, bytesLeft - rate * (now - countedNanos));
        countedNanos = now;
    }

    private void schedule() {
        network.queue.at(countedNanos + (long) Math.ceil(bytesLeft / rate), this);
    }

    private void settleEnds() {
        from.share();
        to.share();
        from.share();
        from.shareOtherEnds();
        to.shareOtherEnds();
        from.share();
        to.share();
        from.retimeNeighbours();
        to.retimeNeighbours();
    }
}
