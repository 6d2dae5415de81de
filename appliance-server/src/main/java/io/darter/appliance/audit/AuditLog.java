package io.darter.appliance.audit;

import io.darter.appliance.access.Caller;
import io.darter.appliance.cluster.Cluster;
import io.darter.appliance.cluster.Clusters;
import io.darter.operator.AuditEntry;
import io.darter.operator.AuditQuery;
import io.darter.operator.Grant;
import io.darter.operator.Page;
import io.darter.operator.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes that people made. Rows are added, in the transaction of the change itself, and never changed. What is written
 * down before and after are the records that people get to see, which have no secrets.
 */
@Component
public class AuditLog {
    private static final String COLUMNS =
            "id, at_millis, user_name, token_id, address, action, subject, cluster_id, state_before, state_after";
    private static final int SUBJECT_CHARS_MAX = 190;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final InstantSource clock;
    private final Clusters clusters;

    AuditLog(JdbcClient jdbc, JsonMapper json, InstantSource clock, Clusters clusters) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
        this.clusters = clusters;
    }

    /**
     * Writes down what the current caller does; call it in the change's transaction.
     *
     * @param action thing and verb, for example {@code user.create}
     * @param cluster id, or {@link Grant#EVERY_CLUSTER}
     * @param before as people see it; null if there was nothing
     * @param after as people see it; null if nothing is left
     */
    public void record(String action, String subject, String cluster, @Nullable Record before, @Nullable Record after) {
        Caller caller = Caller.current();
        jdbc.sql("INSERT INTO audit (at_millis, user_name, token_id, address, action, subject, cluster_id,"
                        + " state_before, state_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(
                        clock.millis(),
                        caller.user(),
                        caller.token(),
                        caller.address(),
                        action,
                        subject.substring(0, Math.min(subject.length(), SUBJECT_CHARS_MAX)),
                        cluster,
                        before == null ? "" : json.writeValueAsString(before),
                        after == null ? "" : json.writeValueAsString(after))
                .update();
    }

    /** Of clusters in which the caller is administrator; what concerns every cluster only an administrator of all sees. */
    public Page<AuditEntry> list(AuditQuery query) {
        List<Cluster> all = clusters.all();
        Map<String, String> names = all.stream().collect(Collectors.toMap(Cluster::id, Cluster::name));
        Caller caller = Caller.current();
        StringBuilder where = new StringBuilder(" WHERE 1 = 1");
        Map<String, Object> values = new HashMap<>();
        if (!caller.grants().allowEverywhere(Role.ADMIN)) {
            Set<String> own = caller.among(all, Role.ADMIN);
            if (own.isEmpty()) {
                return new Page<>(List.of(), 0);
            }
            where.append(" AND cluster_id IN (:clusters)");
            values.put("clusters", own);
        }
        if (!query.user().isEmpty()) {
            where.append(" AND user_name = :user");
            values.put("user", query.user());
        }
        if (!query.action().isEmpty()) {
            where.append(" AND SUBSTRING(action, 1, :actionChars) = :action");
            values.put("action", query.action());
            values.put("actionChars", query.action().length());
        }
        if (!query.subject().isEmpty()) {
            where.append(" AND subject = :subject");
            values.put("subject", query.subject());
        }
        Instant from = query.from();
        if (from != null) {
            where.append(" AND at_millis >= :from");
            values.put("from", millis(from));
        }
        Instant until = query.until();
        if (until != null) {
            where.append(" AND at_millis < :until");
            values.put("until", millis(until));
        }
        long total = jdbc.sql("SELECT COUNT(*) FROM audit" + where)
                .params(values)
                .query(Long.class)
                .single();
        values.put("limit", query.limit());
        values.put("offset", query.offset());
        List<AuditEntry> items = jdbc.sql(
                        "SELECT " + COLUMNS + " FROM audit" + where + " ORDER BY id DESC LIMIT :limit OFFSET :offset")
                .params(values)
                .query((row, n) -> entry(row, names))
                .list();
        return new Page<>(items, total);
    }

    private AuditEntry entry(ResultSet row, Map<String, String> names) throws SQLException {
        String cluster = row.getString(8);
        return new AuditEntry(
                row.getLong(1),
                Instant.ofEpochMilli(row.getLong(2)),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                names.getOrDefault(cluster, cluster),
                state(row.getString(9)),
                state(row.getString(10)));
    }

    private @Nullable Map<String, Object> state(String text) {
        return text.isEmpty() ? null : json.readValue(text, new TypeReference<Map<String, Object>>() {});
    }

    /** Instants reach further than 64 bits of milliseconds. */
    private static long millis(Instant at) {
        Instant latest = Instant.ofEpochMilli(Long.MAX_VALUE);
        Instant earliest = Instant.ofEpochMilli(0);
        return at.isAfter(latest) ? Long.MAX_VALUE : at.isBefore(earliest) ? 0 : at.toEpochMilli();
    }
}
