package io.darter.appliance.cluster;

import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.keys.SecretStore;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The clusters of this appliance; there is always at least one, named {@code default}. */
@Component
public class Clusters {
    private static final String DEFAULT_NAME = "default";
    private static final int KEY_BYTES = 32;

    private final JdbcClient jdbc;
    private final SecretStore secrets;
    private final SecureRandom random;
    private final InstantSource clock;

    Clusters(JdbcClient jdbc, SecretStore secrets, SecureRandom random, InstantSource clock) {
        this.jdbc = jdbc;
        this.secrets = secrets;
        this.random = random;
        this.clock = clock;
        createDefault();
    }

    /** All clusters by name. */
    public List<Cluster> all() {
        return jdbc.sql("SELECT id, name FROM clusters ORDER BY name")
                .query((row, n) -> new Cluster(row.getString(1), row.getString(2)))
                .list();
    }

    /** By id or name; an empty text means the only cluster, if there is only one. */
    public Optional<Cluster> find(String idOrName) {
        List<Cluster> clusters = all();
        if (idOrName.isEmpty()) {
            return clusters.size() == 1 ? Optional.of(clusters.getFirst()) : Optional.empty();
        }
        return clusters.stream()
                .filter(cluster ->
                        cluster.id().equals(idOrName) || cluster.name().equals(idOrName))
                .findFirst();
    }

    /** The secret that capabilities of this cluster are derived from. */
    public byte[] key(String clusterId) {
        return secrets.getOrCreate("cluster-key/" + clusterId, () -> {
            byte[] key = new byte[KEY_BYTES];
            random.nextBytes(key);
            return key;
        });
    }

    /** Raises and returns the cluster's epoch: higher than any before, also {@code seen}, wherever that was seen. */
    public long nextEpoch(String clusterId, long seen) {
        while (true) {
            long current = epoch(clusterId);
            long next = Math.max(current, seen) + 1;
            int updated = jdbc.sql("UPDATE clusters SET epoch = ? WHERE id = ? AND epoch = ?")
                    .params(next, clusterId, current)
                    .update();
            if (updated == 1) {
                return next;
            }
        }
    }

    /** Writes down an epoch that was made elsewhere; a lower one than is known changes nothing. */
    public void raiseEpoch(String clusterId, long epoch) {
        jdbc.sql("UPDATE clusters SET epoch = ? WHERE id = ? AND epoch < ?")
                .params(epoch, clusterId, epoch)
                .update();
    }

    /** The highest that was written down. */
    public long epoch(String clusterId) {
        return jdbc.sql("SELECT epoch FROM clusters WHERE id = ?")
                .param(clusterId)
                .query(Long.class)
                .single();
    }

    private void createDefault() {
        if (!all().isEmpty()) {
            return;
        }
        try {
            jdbc.sql("INSERT INTO clusters (id, name, created_at_millis) VALUES (?, ?, ?)")
                    .params(new RandomIds(random).next("c-"), DEFAULT_NAME, clock.millis())
                    .update();
        } catch (DuplicateKeyException e) {
            // another replica was first
        }
    }
}
