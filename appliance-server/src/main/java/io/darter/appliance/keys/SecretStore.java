package io.darter.appliance.keys;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Secrets in the database, encrypted with the master key. */
@Component
public class SecretStore {
    private final JdbcClient jdbc;
    private final MasterKey masterKey;
    private final InstantSource clock;

    SecretStore(JdbcClient jdbc, MasterKey masterKey, InstantSource clock) {
        this.jdbc = jdbc;
        this.masterKey = masterKey;
        this.clock = clock;
    }

    /** The secret, made by {@code maker} if there is none; of two replicas that make one at a time, one wins. */
    public byte[] getOrCreate(String name, Supplier<byte[]> maker) {
        Optional<byte[]> present = find(name);
        if (present.isPresent()) {
            return present.get();
        }
        byte[] fresh = maker.get();
        try {
            jdbc.sql("INSERT INTO secrets (name, ciphertext, created_at_millis) VALUES (?, ?, ?)")
                    .params(name, masterKey.encrypt(name, fresh), clock.millis())
                    .update();
            return fresh;
        } catch (DuplicateKeyException e) {
            return find(name).orElseThrow();
        }
    }

    private Optional<byte[]> find(String name) {
        return jdbc.sql("SELECT ciphertext FROM secrets WHERE name = ?")
                .param(name)
                .query((row, n) -> row.getBytes(1))
                .optional()
                .map(stored -> masterKey.decrypt(name, stored));
    }
}
