package io.darter.agent.peer;

import io.darter.swarm.scheduling.FailureReason;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The place of one parent's connection: made when first needed, by one thread, made again when broken. */
final class PeerSlot {
    private final PeerConnector connector;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable PeerConnection connection;
    private boolean closed;

    PeerSlot(PeerConnector connector) {
        this.connector = connector;
    }

    /**
     * The open connection, or a new one. Who waited for another thread's failed try fails with it: the parent is asked once.
     *
     * @param gone called once the connection has ended
     */
    PeerConnection connection(PieceClient.Parent parent, Runnable gone) throws TransferException, InterruptedException {
        boolean waited = !lock.tryLock();
        if (waited) {
            lock.lockInterruptibly();
        }
        try {
            if (closed) {
                throw new TransferException(FailureReason.RETURNED, "this agent is shutting down", null);
            }
            if (connection != null && connection.open() && !connector.isRevoked(parent.node())) {
                return connection;
            }
            if (waited && connection == null) {
                String message = parent.node() + ": another try to connect has just failed";
                throw new TransferException(FailureReason.UNREACHABLE, message, null);
            }
            connection = null;
            PeerConnection made = connector.connect(parent);
            made.channel().closeFuture().addListener(_ -> gone.run());
            connection = made;
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection if it is with a node that was removed; waits for nobody who is connecting. */
    void partWithRevoked() {
        PeerConnection present = connection;
        if (present != null && connector.isRevoked(present.parentNode())) {
            present.close(new TransferException(FailureReason.UNREACHABLE, "its certificate was revoked", null));
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            if (connection != null) {
                connection.close(new TransferException(FailureReason.RETURNED, "this agent is shutting down", null));
            }
        } finally {
            lock.unlock();
        }
    }
}
