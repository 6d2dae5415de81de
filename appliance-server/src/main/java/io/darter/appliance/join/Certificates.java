package io.darter.appliance.join;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Which certificates were issued to nodes, and which of them no longer count; revocations are also in memory, until the
 * certificates would have expired anyway.
 */
@Component
public class Certificates {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);
    /** What is known of expired ones is of no use; the rest is for clocks that are behind. */
    private static final Duration KEPT = Duration.ofDays(2);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private volatile Map<String, Revoked> revoked = Map.of();

    /**
     * A certificate that counts no more.
     *
     * @param serial hexadecimal
     * @param clusterId empty if the node is not removed: then the appliance alone refuses it
     */
    public record Revoked(String serial, String nodeId, String clusterId, long expiresAtMillis) {}

    Certificates(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        readRevoked();
    }

    /** Forgets what has expired. What another replica has revoked counts here with the next change that is read. */
    @Scheduled(initialDelay = 30_000, fixedDelay = 30_000)
    void refresh() {
        try {
            readRevoked();
        } catch (DataAccessException e) {
            log.atDebug().setCause(e).log("revocations of other replicas not read; tried again");
        }
    }

    @Scheduled(initialDelay = 600_000, fixedDelay = 3_600_000)
    void forgetExpired() {
        try {
            jdbc.sql("DELETE FROM certificates WHERE expires_at_millis < ?")
                    .param(clock.millis() - KEPT.toMillis())
                    .update();
        } catch (DataAccessException e) {
            log.atDebug().setCause(e).log("expired certificates not removed from the database; tried again");
        }
    }

    /** May wait for the database. */
    public final void readRevoked() {
        revoked = jdbc
                .sql("SELECT c.serial, c.node_id, c.expires_at_millis, r.cluster_id FROM certificates c"
                        + " LEFT JOIN removed_nodes r ON r.id = c.node_id"
                        + " WHERE c.revoked_at_millis > 0 AND c.expires_at_millis > ?")
                .param(clock.millis())
                .query((row, n) -> new Revoked(
                        row.getString(1),
                        row.getString(2),
                        row.getString(4) == null ? "" : row.getString(4),
                        row.getLong(3)))
                .list()
                .stream()
                .collect(Collectors.toMap(Revoked::serial, Function.identity(), (a, _) -> a, ConcurrentHashMap::new));
    }

    void issued(String nodeId, X509Certificate certificate) {
        jdbc.sql("INSERT INTO certificates (serial, node_id, issued_at_millis, expires_at_millis) VALUES (?, ?, ?, ?)")
                .params(
                        text(certificate.getSerialNumber()),
                        nodeId,
                        clock.millis(),
                        certificate.getNotAfter().toInstant().toEpochMilli())
                .update();
    }

    /** Voids every certificate of the node; counts here once {@link #readRevoked} was called after the transaction. */
    public void revokeAllOf(String nodeId) {
        jdbc.sql("UPDATE certificates SET revoked_at_millis = ? WHERE node_id = ? AND revoked_at_millis = 0")
                .params(clock.millis(), nodeId)
                .update();
    }

    /** Never waits for the database. */
    public boolean isRevoked(X509Certificate certificate) {
        return revoked.containsKey(text(certificate.getSerialNumber()));
    }

    /** Those of nodes that were removed from this cluster, and have not expired. Never waits. */
    public List<Revoked> revokedIn(String clusterId) {
        long now = clock.millis();
        return revoked.values().stream()
                .filter(each -> each.clusterId().equals(clusterId) && each.expiresAtMillis() > now)
                .toList();
    }

    private static String text(BigInteger serial) {
        return serial.toString(16);
    }
}
