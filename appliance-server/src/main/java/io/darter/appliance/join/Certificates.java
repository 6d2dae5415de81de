package io.darter.appliance.join;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Which certificates were issued to nodes, and which of them no longer count; revocations are also in memory. */
@Component
public class Certificates {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();

    Certificates(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        readRevoked();
    }

    /** What another replica has revoked counts here within half a minute. */
    @Scheduled(initialDelay = 30_000, fixedDelay = 30_000)
    void refresh() {
        try {
            readRevoked();
        } catch (DataAccessException e) {
            log.atDebug().setCause(e).log("revocations of other replicas not read; tried again");
        }
    }

    private void readRevoked() {
        revoked.addAll(jdbc.sql("SELECT serial FROM certificates WHERE revoked_at_millis > 0")
                .query(String.class)
                .list());
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

    /** Voids every certificate of the node. */
    public void revokeAllOf(String nodeId) {
        jdbc.sql("UPDATE certificates SET revoked_at_millis = ? WHERE node_id = ? AND revoked_at_millis = 0")
                .params(clock.millis(), nodeId)
                .update();
        revoked.addAll(jdbc.sql("SELECT serial FROM certificates WHERE node_id = ?")
                .param(nodeId)
                .query(String.class)
                .list());
    }

    /** Never waits for the database. */
    public boolean isRevoked(X509Certificate certificate) {
        return revoked.contains(text(certificate.getSerialNumber()));
    }

    private static String text(BigInteger serial) {
        return serial.toString(16);
    }
}
