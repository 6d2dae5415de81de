package io.darter.appliance.purge;

import io.darter.operator.TombstoneView;
import io.darter.swarm.ContentKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Contents that were purged, in the database; their keys also in memory, for whoever decides. */
@Component
public class Tombstones {
    private static final String COLUMNS =
            "content_key, reason, user_name, created_at_millis, revision, nodes_removed, bytes_removed";

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private volatile Map<String, Set<ContentKey>> byCluster;

    Tombstones(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.byCluster = readAll();
    }

    /** A row; {@code revision} is the list's in which it came first. */
    record Stone(ContentKey key, String reason, String user, Instant at, long revision, int nodes, long bytes) {
        TombstoneView view(int nodesObeyed, long nodesTotal) {
            return new TombstoneView(key.value(), reason, user, at, nodesObeyed, nodesTotal, nodes, bytes);
        }
    }

    /** The keys now; never waits. */
    public Set<ContentKey> keys(String clusterId) {
        return byCluster.getOrDefault(clusterId, Set.of());
    }

    /** Reads what changed; may wait for the database. Answers the keys that were not there before. */
    public synchronized Map<String, Set<ContentKey>> refresh() {
        Map<String, Set<ContentKey>> now = readAll();
        Map<String, Set<ContentKey>> added = new HashMap<>();
        now.forEach((cluster, keys) -> {
            Set<ContentKey> fresh = new HashSet<>(keys);
            fresh.removeAll(keys(cluster));
            added.put(cluster, fresh);
        });
        byCluster = now;
        return added;
    }

    private Map<String, Set<ContentKey>> readAll() {
        Map<String, Set<ContentKey>> all = new HashMap<>();
        jdbc.sql("SELECT cluster_id, content_key FROM tombstones").query(row -> {
            all.computeIfAbsent(row.getString(1), _ -> new HashSet<>()).add(new ContentKey(row.getString(2)));
        });
        return all;
    }

    List<Stone> list(String clusterId) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM tombstones WHERE cluster_id = ?"
                        + " ORDER BY created_at_millis DESC, content_key")
                .param(clusterId)
                .query((row, n) -> stone(row))
                .list();
    }

    Optional<Stone> find(String clusterId, ContentKey key) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM tombstones WHERE cluster_id = ? AND content_key = ?")
                .params(clusterId, key.value())
                .query((row, n) -> stone(row))
                .optional();
    }

    void insert(String clusterId, ContentKey key, String reason, String user, long revision) {
        jdbc.sql("INSERT INTO tombstones (cluster_id, content_key, reason, user_name, created_at_millis, revision)"
                        + " VALUES (?, ?, ?, ?, ?, ?)")
                .params(clusterId, key.value(), reason, user, clock.millis(), revision)
                .update();
    }

    void delete(String clusterId, ContentKey key) {
        jdbc.sql("DELETE FROM tombstones WHERE cluster_id = ? AND content_key = ?")
                .params(clusterId, key.value())
                .update();
    }

    /** One more node had some of it. */
    void removedSome(String clusterId, ContentKey key, long bytes) {
        jdbc.sql("UPDATE tombstones SET nodes_removed = nodes_removed + 1, bytes_removed = bytes_removed + ?"
                        + " WHERE cluster_id = ? AND content_key = ?")
                .params(bytes, clusterId, key.value())
                .update();
    }

    private static Stone stone(ResultSet row) throws SQLException {
        return new Stone(
                new ContentKey(row.getString(1)),
                row.getString(2),
                row.getString(3),
                Instant.ofEpochMilli(row.getLong(4)),
                row.getLong(5),
                row.getInt(6),
                row.getLong(7));
    }
}
