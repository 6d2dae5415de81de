package io.darter.appliance.node;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What operators decided of nodes, in the database; and the revision that says whether anything of it changed. */
@Component
public class NodeWishes {
    private final JdbcClient jdbc;
    private final InstantSource clock;

    NodeWishes(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Who was removed. */
    record Removed(String clusterId, String name, long atMillis) {}

    /** The number of the last change; may wait for the database. */
    public long revision() {
        return jdbc.sql("SELECT number FROM revisions WHERE name = 'nodes'")
                .query(Long.class)
                .single();
    }

    /** Raises and returns it; changes come one after another, since this locks the row until the transaction's end. */
    public long raiseRevision() {
        jdbc.sql("UPDATE revisions SET number = CASE WHEN number < ? THEN ? ELSE number + 1 END WHERE name = 'nodes'")
                .params(clock.millis(), clock.millis())
                .update();
        return revision();
    }

    /** Those of all nodes that are in the database, by id. */
    Map<String, NodeWish> all() {
        Map<String, TreeMap<String, String>> labels = new HashMap<>();
        jdbc.sql("SELECT node_id, label_name, label_value FROM node_labels").query(row -> {
            labels.computeIfAbsent(row.getString(1), _ -> new TreeMap<>()).put(row.getString(2), row.getString(3));
        });
        Map<String, NodeWish> found = new HashMap<>();
        jdbc.sql("SELECT id, set_zone, set_rack, duty FROM nodes").query(row -> {
            String id = row.getString(1);
            found.put(
                    id,
                    new NodeWish(
                            row.getString(2),
                            row.getString(3),
                            NodeWish.duty(row.getString(4)),
                            labels.getOrDefault(id, new TreeMap<>())));
        });
        return found;
    }

    /** Empty if the node is not there. */
    Optional<NodeWish> find(String id) {
        TreeMap<String, String> labels = new TreeMap<>();
        jdbc.sql("SELECT label_name, label_value FROM node_labels WHERE node_id = ?")
                .param(id)
                .query(row -> {
                    labels.put(row.getString(1), row.getString(2));
                });
        return jdbc.sql("SELECT set_zone, set_rack, duty FROM nodes WHERE id = ?")
                .param(id)
                .query((row, n) ->
                        new NodeWish(row.getString(1), row.getString(2), NodeWish.duty(row.getString(3)), labels))
                .optional();
    }

    void save(String id, NodeWish wish) {
        jdbc.sql("UPDATE nodes SET set_zone = ?, set_rack = ?, duty = ? WHERE id = ?")
                .params(wish.zone(), wish.rack(), NodeWish.word(wish.duty()), id)
                .update();
        jdbc.sql("DELETE FROM node_labels WHERE node_id = ?").param(id).update();
        wish.labels()
                .forEach((name, value) -> jdbc.sql(
                                "INSERT INTO node_labels (node_id, label_name, label_value) VALUES (?, ?, ?)")
                        .params(id, name, value)
                        .update());
    }

    /** Its row goes, and why is written down. */
    void remove(NodeRecord node) {
        jdbc.sql("DELETE FROM node_labels WHERE node_id = ?").param(node.id()).update();
        jdbc.sql("DELETE FROM nodes WHERE id = ?").param(node.id()).update();
        jdbc.sql("INSERT INTO removed_nodes (id, cluster_id, name, removed_at_millis) VALUES (?, ?, ?, ?)")
                .params(node.id(), node.clusterId(), node.name(), clock.millis())
                .update();
    }

    Optional<Removed> removed(String id) {
        return jdbc.sql("SELECT cluster_id, name, removed_at_millis FROM removed_nodes WHERE id = ?")
                .param(id)
                .query((row, n) -> new Removed(row.getString(1), row.getString(2), row.getLong(3)))
                .optional();
    }

    public boolean wasRemoved(String id) {
        return removed(id).isPresent();
    }

    /** Whether the node is in the database; it stays until the end of this transaction. */
    public boolean holdOn(String id) {
        return jdbc.sql("SELECT id FROM nodes WHERE id = ? FOR UPDATE")
                .param(id)
                .query(String.class)
                .optional()
                .isPresent();
    }
}
