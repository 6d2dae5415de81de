package io.darter.appliance.node;

import io.darter.appliance.audit.AuditLog;
import io.darter.appliance.join.Certificates;
import io.darter.appliance.operator.Problems;
import io.darter.operator.NodeChange;
import io.darter.operator.NodeDetail;
import io.darter.operator.OperatorException;
import io.darter.swarm.scheduling.NodeDuty;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Changing, cordoning, draining and removing nodes; the caller has been checked. Each change and its entry in the audit are
 * one transaction; changes come one after another, and are brought to links and scheduler when they are in the database.
 */
@Service
public class NodeDesk {
    private static final Logger log = LoggerFactory.getLogger(NodeDesk.class);

    private final NodeDirectory nodes;
    private final NodeWishes wishes;
    private final Certificates certificates;
    private final NodeNews news;
    private final AuditLog audit;
    private final TransactionOperations transactions;

    NodeDesk(
            NodeDirectory nodes,
            NodeWishes wishes,
            Certificates certificates,
            NodeNews news,
            AuditLog audit,
            TransactionOperations transactions) {
        this.nodes = nodes;
        this.wishes = wishes;
        this.certificates = certificates;
        this.news = news;
        this.audit = audit;
        this.transactions = transactions;
    }

    public NodeDetail node(String id) {
        return nodes.detail(id).orElseThrow(() -> unknown("Reading the node " + id, id));
    }

    /** Of a node that is there or was removed. */
    public Optional<String> clusterOf(String id) {
        return nodes.find(id)
                .map(NodeRecord::clusterId)
                .or(() -> wishes.removed(id).map(NodeWishes.Removed::clusterId));
    }

    public NodeDetail change(String id, NodeChange wish) {
        String tried = "Changing the node " + id;
        return change(
                id,
                tried,
                "node.change",
                before -> new NodeWish(
                        wish.zone() == null ? before.zone() : LabelRules.place(wish.zone(), "zone", tried),
                        wish.rack() == null ? before.rack() : LabelRules.place(wish.rack(), "rack", tried),
                        before.duty(),
                        wish.labels() == null ? before.labels() : LabelRules.labels(wish.labels(), tried)));
    }

    public NodeDetail cordon(String id) {
        return change(id, "Cordoning the node " + id, "node.cordon", wish -> wish.with(NodeDuty.CORDONED));
    }

    public NodeDetail uncordon(String id) {
        return change(id, "Uncordoning the node " + id, "node.uncordon", wish -> wish.with(NodeDuty.FULL));
    }

    public NodeDetail drain(String id) {
        return change(id, "Draining the node " + id, "node.drain", wish -> wish.with(NodeDuty.DRAINING));
    }

    private NodeDetail change(String id, String tried, String action, UnaryOperator<NodeWish> change) {
        NodeRecord node = nodes.find(id).orElseThrow(() -> unknown(tried, id));
        transactions.executeWithoutResult(_ -> {
            wishes.raiseRevision();
            NodeWish before = wishes.find(id).orElseThrow(() -> unknown(tried, id));
            NodeWish after = change.apply(before);
            wishes.save(id, after);
            audit.record(action, node.name(), node.clusterId(), Told.of(id, before), Told.of(id, after));
        });
        news.bring();
        return nodes.detail(id).orElseThrow(() -> unknown(tried, id));
    }

    /** Its certificates count no more, its links end, its name is free; peers hear it within a second. */
    public void remove(String id) {
        String tried = "Removing the node " + id;
        NodeRecord node = nodes.find(id).orElseThrow(() -> unknown(tried, id));
        transactions.executeWithoutResult(_ -> {
            wishes.raiseRevision();
            if (!wishes.holdOn(id)) {
                throw unknown(tried, id);
            }
            NodeWish before = wishes.find(id).orElse(NodeWish.NONE);
            certificates.revokeAllOf(id);
            wishes.remove(node);
            audit.record("node.remove", node.name(), node.clusterId(), Told.of(id, before), null);
        });
        log.atInfo().addKeyValue("node", node.name()).addKeyValue("id", id).log("node removed");
        news.bring();
    }

    private OperatorException unknown(String tried, String id) {
        return wishes.removed(id)
                .map(removed -> Problems.exception(
                        "NODE_REMOVED",
                        404,
                        tried,
                        "this node, " + removed.name() + ", was removed at " + Instant.ofEpochMilli(removed.atMillis()),
                        "Join the machine again with a new token"))
                .orElseGet(() -> Problems.exception(
                        "NODE_UNKNOWN", 404, tried, "there is no such node", "Look for it in GET /api/v1/nodes"));
    }

    /** What the audit says of a node before and after. */
    private record Told(String id, String zone, String rack, String duty, java.util.SortedMap<String, String> labels) {
        static Told of(String id, NodeWish wish) {
            return new Told(id, wish.zone(), wish.rack(), NodeWish.word(wish.duty()), wish.labels());
        }
    }
}
