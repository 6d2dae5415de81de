package io.darter.swarm.simulation;

import io.darter.swarm.NodeId;
import io.darter.swarm.PieceMap;
import io.darter.swarm.PieceRun;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Pieces that are not lost although the scheduler does not hear of them: nobody is to be sent to the origin for these. */
final class Kept {
    /** A link that is away for less costs the origin nothing. */
    private static final long GRACE_NANOS = 2_400_000_000L;

    private final Map<NodeId, Away> away = new HashMap<>();
    /** What nodes held when the present scheduler took over. */
    private final Map<NodeId, PieceMap> owed = new LinkedHashMap<>();

    /** What a node whose link broke held and was fetching. */
    private record Away(PieceMap pieces, long untilNanos) {}

    void linkBroke(NodeId node, PieceMap pieces, long nowNanos) {
        away.put(node, new Away(pieces, nowNanos + GRACE_NANOS));
    }

    void isBack(NodeId node) {
        away.remove(node);
    }

    /** Another scheduler takes over and knows nothing; what nodes hold it has to hear before it asks the origin. */
    void newEpoch(Map<NodeId, PieceMap> held) {
        away.clear();
        owed.clear();
        owed.putAll(held);
    }

    /** Something befell the node: it may come late, or without what it held. */
    void excuse(NodeId node) {
        owed.remove(node);
    }

    void forgetAway() {
        away.clear();
    }

    void forgetAll() {
        away.clear();
        owed.clear();
    }

    /** What is wrong with asking the origin for this run. */
    Optional<String> violatedBy(PieceRun run, Predicate<NodeId> mayBeAsked, long nowNanos) {
        for (int piece = run.first(); piece < run.end(); piece++) {
            for (Map.Entry<NodeId, Away> absent : away.entrySet()) {
                if (nowNanos < absent.getValue().untilNanos
                        && absent.getValue().pieces.get(piece)) {
                    return Optional.of("piece " + piece + " granted from the origin while the link of "
                            + absent.getKey() + " was away");
                }
            }
            for (Map.Entry<NodeId, PieceMap> holder : owed.entrySet()) {
                if (holder.getValue().get(piece) && mayBeAsked.test(holder.getKey())) {
                    return Optional.of(
                            "piece " + piece + " granted from the origin again though " + holder.getKey() + " kept it");
                }
            }
        }
        return Optional.empty();
    }
}
