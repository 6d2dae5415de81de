package io.darter.appliance.access;

import io.darter.appliance.keys.PrivateFiles;
import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** The people who may log in. At the very first start there is one, {@code admin}, with a password in a private file. */
@Component
class Users {
    private static final Logger log = LoggerFactory.getLogger(Users.class);
    private static final String FIRST_USER = "admin";
    private static final String PASSWORD_FILE = "initial-admin-password";
    private static final int PASSWORD_BYTES = 15;

    private final JdbcClient jdbc;

    record User(String name, String passwordHash, String role) {
        @Override
        public String toString() {
            return name;
        }
    }

    Users(JdbcClient jdbc, PasswordEncoder encoder, ServerConfig config, SecureRandom random, InstantSource clock) {
        this.jdbc = jdbc;
        if (find(FIRST_USER).isEmpty()) {
            createFirst(encoder, config, random, clock.millis());
        }
    }

    Optional<User> find(String name) {
        return jdbc.sql("SELECT name, password_hash, role FROM users WHERE name = ?")
                .param(name)
                .query((row, n) -> new User(row.getString(1), row.getString(2), row.getString(3)))
                .optional();
    }

    private void createFirst(PasswordEncoder encoder, ServerConfig config, SecureRandom random, long nowMillis) {
        byte[] secret = new byte[PASSWORD_BYTES];
        random.nextBytes(secret);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Path file = config.dataDir().resolve(PASSWORD_FILE);
        try {
            PrivateFiles.write(file, password + "\n");
            if (insert(encoder.encode(password), nowMillis)) {
                log.atInfo().addKeyValue("file", file).log("user admin created; the password is in the file");
            } else {
                Files.deleteIfExists(file);
                log.atInfo().log("another replica created the user admin");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** False if another replica was first. */
    private boolean insert(String passwordHash, long nowMillis) {
        try {
            jdbc.sql("INSERT INTO users (name, password_hash, role, created_at_millis) VALUES (?, ?, 'admin', ?)")
                    .params(FIRST_USER, passwordHash, nowMillis)
                    .update();
            return true;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }
}
