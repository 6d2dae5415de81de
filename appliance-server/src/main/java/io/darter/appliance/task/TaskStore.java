package io.darter.appliance.task;

import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.operator.TaskDetail;
import io.darter.operator.TaskView;
import jakarta.annotation.PreDestroy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tasks in the database. Saving never blocks: the newest state of each task waits, at most {@link #WAITING_MAX} of them,
 * and is written in a batch once a second; while the database is away, the oldest are lost beyond that.
 */
@Component
public class TaskStore {
    private static final Logger log = LoggerFactory.getLogger(TaskStore.class);
    private static final int WAITING_MAX = 10_000;
    private static final String COLUMNS = "id, cluster_id, name, kind, state, content_bytes, wanted_bytes,"
            + " verified_bytes, origin_bytes, peer_bytes, delivered_bytes, nodes, nodes_done,"
            + " peak_origin_connections, started_at_millis, finished_at_millis, failure, detail";
    private static final String UPSERT = "INSERT INTO tasks (" + COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
            + " state = VALUES(state), content_bytes = VALUES(content_bytes), wanted_bytes = VALUES(wanted_bytes),"
            + " verified_bytes = VALUES(verified_bytes), origin_bytes = VALUES(origin_bytes),"
            + " peer_bytes = VALUES(peer_bytes), delivered_bytes = VALUES(delivered_bytes), nodes = VALUES(nodes),"
            + " nodes_done = VALUES(nodes_done), peak_origin_connections = VALUES(peak_origin_connections),"
            + " finished_at_millis = VALUES(finished_at_millis), failure = VALUES(failure), detail = VALUES(detail)";
    private static final int NAME_CHARS_MAX = 1024;

    private final JdbcTemplate jdbc;
    private final JdbcClient client;
    private final Clusters clusters;
    private final JsonMapper json;
    private final Map<String, TaskRow> waiting = new LinkedHashMap<>();

    TaskStore(JdbcTemplate jdbc, JdbcClient client, Clusters clusters, JsonMapper json) {
        this.jdbc = jdbc;
        this.client = client;
        this.clusters = clusters;
        this.json = json;
    }

    /** What another process left running did not end in it. */
    public void closeLeftovers(String clusterId, long startedBeforeMillis) {
        jdbc.update(
                "UPDATE tasks SET state = 'failed', failure = ?, finished_at_millis = started_at_millis"
                        + " WHERE state = 'running' AND cluster_id = ? AND started_at_millis < ?",
                "The appliance was stopped meanwhile; what nodes still fetch goes on as a new task",
                clusterId,
                startedBeforeMillis);
    }

    public void save(TaskRow row) {
        synchronized (waiting) {
            waiting.put(row.id(), row);
            if (waiting.size() > WAITING_MAX) {
                waiting.remove(waiting.keySet().iterator().next());
            }
        }
    }

    @PreDestroy
    @Scheduled(initialDelay = 1_000, fixedDelay = 1_000)
    void flush() {
        List<TaskRow> rows;
        synchronized (waiting) {
            rows = new ArrayList<>(waiting.values());
            waiting.clear();
        }
        if (rows.isEmpty()) {
            return;
        }
        try {
            jdbc.batchUpdate(UPSERT, rows.stream().map(this::values).toList());
        } catch (DataAccessException e) {
            synchronized (waiting) {
                rows.forEach(row -> waiting.putIfAbsent(row.id(), row));
            }
            log.atWarn()
                    .addKeyValue("tasks", rows.size())
                    .addKeyValue("cause", e.getMessage())
                    .log("tasks not saved; tried again");
        }
    }

    /** The newest {@code limit} tasks of those clusters that are over and match, without detail; empty texts match all. */
    public List<TaskView> ended(Collection<String> clusterIds, String text, String state, int limit) {
        if (clusterIds.isEmpty()) {
            return List.of();
        }
        Map<String, String> names = clusterNames();
        return client.sql("SELECT " + COLUMNS + " FROM tasks" + where(state)
                        + " ORDER BY started_at_millis DESC, id LIMIT :limit")
                .param("clusters", clusterIds)
                .param("text", like(text))
                .param("state", state)
                .param("limit", limit)
                .query((row, n) -> view(row, names))
                .list();
    }

    public long countEnded(Collection<String> clusterIds, String text, String state) {
        if (clusterIds.isEmpty()) {
            return 0;
        }
        return client.sql("SELECT COUNT(*) FROM tasks" + where(state))
                .param("clusters", clusterIds)
                .param("text", like(text))
                .param("state", state)
                .query(Long.class)
                .single();
    }

    public Optional<TaskDetail> detail(String id) {
        synchronized (waiting) {
            TaskRow row = waiting.get(id);
            if (row != null) {
                return Optional.of(row.detail());
            }
        }
        Map<String, String> names = clusterNames();
        return client.sql("SELECT " + COLUMNS + " FROM tasks WHERE id = ?")
                .param(id)
                .query((row, n) -> {
                    TaskDetail stored = json.readValue(row.getString("detail"), TaskDetail.class);
                    return new TaskDetail(view(row, names), stored.contents(), stored.nodes());
                })
                .optional();
    }

    /** Id of the cluster in which {@link #detail} finds it. */
    public Optional<String> clusterOf(String id) {
        synchronized (waiting) {
            TaskRow row = waiting.get(id);
            if (row != null) {
                return Optional.of(row.clusterId());
            }
        }
        return client.sql("SELECT cluster_id FROM tasks WHERE id = ?")
                .param(id)
                .query(String.class)
                .optional();
    }

    private Map<String, String> clusterNames() {
        return clusters.all().stream().collect(Collectors.toMap(Cluster::id, Cluster::name));
    }

    private static String where(String state) {
        return " WHERE state <> 'running' AND cluster_id IN (:clusters) AND (LOWER(name) LIKE :text OR id LIKE :text)"
                + (state.isEmpty() ? " AND :state = ''" : " AND state = :state");
    }

    private static String like(String text) {
        return "%" + text.toLowerCase(Locale.ROOT).replace("%", "").replace("_", "\\_") + "%";
    }

    private Object[] values(TaskRow row) {
        TaskView task = row.detail().task();
        Instant finishedAt = task.finishedAt();
        String name = task.name();
        return new Object[] {
            task.id(),
            row.clusterId(),
            name.length() <= NAME_CHARS_MAX ? name : name.substring(0, NAME_CHARS_MAX),
            task.kind(),
            task.state(),
            task.contentBytes(),
            task.wantedBytes(),
            task.verifiedBytes(),
            task.originBytes(),
            task.peerBytes(),
            row.deliveredBytes(),
            task.nodes(),
            task.nodesDone(),
            task.peakOriginConnections(),
            task.startedAt().toEpochMilli(),
            finishedAt == null ? 0 : finishedAt.toEpochMilli(),
            task.failure(),
            json.writeValueAsString(row.detail())
        };
    }

    private static TaskView view(ResultSet row, Map<String, String> clusterNames) throws SQLException {
        long finishedAtMillis = row.getLong("finished_at_millis");
        return new TaskView(
                row.getString("id"),
                row.getString("name"),
                clusterNames.getOrDefault(row.getString("cluster_id"), ""),
                row.getString("kind"),
                row.getString("state"),
                row.getLong("content_bytes"),
                row.getLong("wanted_bytes"),
                row.getLong("verified_bytes"),
                row.getLong("origin_bytes"),
                row.getLong("peer_bytes"),
                row.getInt("nodes"),
                row.getInt("nodes_done"),
                row.getInt("peak_origin_connections"),
                Instant.ofEpochMilli(row.getLong("started_at_millis")),
                finishedAtMillis == 0 ? null : Instant.ofEpochMilli(finishedAtMillis),
                row.getString("failure"));
    }
}
