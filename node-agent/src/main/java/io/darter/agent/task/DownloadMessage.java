package io.darter.agent.task;

import io.darter.agent.errors.DarterException;
import io.darter.agent.peer.PieceClient.Have;
import io.darter.agent.peer.PieceClient.Parent;
import io.darter.agent.schedulerlink.GrantedLease;
import io.darter.swarm.NodeId;
import io.darter.swarm.scheduling.FailureReason;
import java.util.List;
import java.util.Optional;

/** What can happen to a download; the only input of its thread. */
sealed interface DownloadMessage {
    /** The scheduler is there (again) and knows nothing of us. */
    record Linked() implements DownloadMessage {}

    record Unlinked() implements DownloadMessage {}

    /**
     * The scheduler says how the content is cut.
     *
     * @param proved two nodes that did not fetch it have found the whole right, made of the pieces that will be granted
     */
    record Described(long sizeBytes, int pieceBytes, boolean proved) implements DownloadMessage {}

    record Granted(GrantedLease lease) implements DownloadMessage {}

    record Revoked(long leaseId) implements DownloadMessage {}

    /** With whom to go on without the scheduler. */
    record Partners(List<Parent> nodes) implements DownloadMessage {}

    /**
     * What a partner answered.
     *
     * @param have empty: it holds nothing, or cannot be asked
     * @param reason why it is empty
     */
    record Heard(NodeId node, Optional<Have> have, FailureReason reason) implements DownloadMessage {
        static Heard that(NodeId node, Have have) {
            return new Heard(node, Optional.of(have), FailureReason.RETURNED);
        }

        static Heard nothing(NodeId node, FailureReason reason) {
            return new Heard(node, Optional.empty(), reason);
        }
    }

    /** A piece's bytes are verified and in the store. */
    record PieceArrived(long leaseId, int piece, long tookNanos) implements DownloadMessage {}

    /** A transfer is over without its last piece. */
    record TransferFailed(long leaseId, FailureReason reason, DarterException cause) implements DownloadMessage {}

    /** The store cannot take what arrives. */
    record StoreFailed(DarterException cause) implements DownloadMessage {}

    /** The SHA-256 of all bytes, in hex. */
    record WholeHashed(String hex) implements DownloadMessage {}

    /** The scheduler says that nobody can deliver. */
    record GaveUp(DarterException cause) implements DownloadMessage {}

    /** The scheduler says that the digests of the pieces are wrong. */
    record Discarded() implements DownloadMessage {}

    /** A caller waits for this piece. */
    record ReaderWaits(int piece) implements DownloadMessage {}

    /** Somebody else wants it too, and wants it so. */
    record Joined(boolean live, boolean assist) implements DownloadMessage {}

    /** Time has passed: look at what depends on it. */
    record Tick() implements DownloadMessage {}

    /** The agent stops. */
    record Stopped() implements DownloadMessage {}
}
