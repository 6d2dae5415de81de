package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;
import io.darter.swarm.NodeId;
import io.darter.swarm.PieceGeometry;
import java.util.List;

/**
 * One content's swarm at one moment, for people and metrics.
 *
 * @param rarestCopies nodes that hold the piece which the fewest hold
 * @param originLeases leases on the origin that are not finished
 * @param originPiecesGranted pieces ever granted from the origin; above {@code geometry.pieces()} some were granted again
 */
public record SwarmView(
        ContentKey content,
        PieceGeometry geometry,
        List<PeerView> peers,
        int rarestCopies,
        int originLeases,
        long originPiecesGranted) {
    /** One node: the pieces that it holds, and whether it wants the rest. */
    public record PeerView(NodeId node, int piecesHeld, boolean wanting, boolean live) {}
}
