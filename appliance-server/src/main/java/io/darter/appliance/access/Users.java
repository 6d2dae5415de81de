package io.darter.appliance.access;

import io.darter.appliance.keys.PrivateFiles;
import io.darter.appliance.keys.RandomIds;
import io.darter.appliance.settings.ServerConfig;
import io.darter.operator.Grant;
import io.darter.operator.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The people who may log in. At the very first start there is one, {@code admin}, with a password in a private file. */
@Component
class Users {
    static final int USERS_MAX = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Users.class);
    static final String FIRST_USER = "admin";
    static final String PASSWORD_FILE = "initial-admin-password";
    private static final int PASSWORD_BYTES = 15;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._@-]{0,62}[a-z0-9])?");
    private static final String SELECT = "SELECT u.name, u.password_hash, u.login_epoch, u.disabled,"
            + " u.created_at_millis, g.cluster_id, g.role FROM users u LEFT JOIN user_grants g ON g.user_name = u.name";

    private final JdbcClient jdbc;
    private final RandomIds epochs;

    record User(String name, String passwordHash, String epoch, boolean disabled, long createdAtMillis, Grants grants) {
        boolean isEveryonesAdmin() {
            return !disabled && grants.allowEverywhere(Role.ADMIN);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    Users(
            JdbcClient jdbc,
            PasswordEncoder encoder,
            ServerConfig config,
            SecureRandom random,
            InstantSource clock,
            TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.epochs = new RandomIds(random);
        if (all().isEmpty()) {
            createFirst(encoder, config, random, clock.millis(), transactions);
        }
    }

    /** The form in which a name is stored, counted and compared; databases differ in how they compare letters. */
    static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    Optional<User> find(String name) {
        String canonical = canonical(name);
        if (!isName(canonical)) {
            return Optional.empty();
        }
        return jdbc.sql(SELECT + " WHERE u.name = ?").param(canonical).query((ResultSet rows) -> read(rows)).stream()
                .findFirst();
    }

    /** By name; with locks until the end of the transaction, so that changes to people come one after another. */
    List<User> allLocked() {
        jdbc.sql("SELECT name FROM users ORDER BY name FOR UPDATE")
                .query(String.class)
                .list();
        return all();
    }

    /** By name. */
    List<User> all() {
        return jdbc.sql(SELECT + " ORDER BY u.name").query((ResultSet rows) -> read(rows));
    }

    /** @throws DuplicateKeyException if there is one of that name */
    void insert(String name, String passwordHash, Grants grants, long nowMillis) {
        jdbc.sql("INSERT INTO users (name, password_hash, login_epoch, created_at_millis) VALUES (?, ?, ?, ?)")
                .params(name, passwordHash, epochs.next("e-"), nowMillis)
                .update();
        insertGrants(name, grants);
    }

    void setGrants(String name, Grants grants) {
        jdbc.sql("DELETE FROM user_grants WHERE user_name = ?").param(name).update();
        insertGrants(name, grants);
    }

    /** Ends all sessions of before. */
    void setPassword(String name, String passwordHash) {
        jdbc.sql("UPDATE users SET password_hash = ?, login_epoch = ? WHERE name = ?")
                .params(passwordHash, epochs.next("e-"), name)
                .update();
    }

    /** Ends all sessions of before. */
    void setDisabled(String name, boolean disabled) {
        jdbc.sql("UPDATE users SET disabled = ?, login_epoch = ? WHERE name = ?")
                .params(disabled, epochs.next("e-"), name)
                .update();
    }

    /** With grants and tokens. */
    void delete(String name) {
        jdbc.sql("DELETE FROM users WHERE name = ?").param(name).update();
    }

    private void insertGrants(String name, Grants grants) {
        grants.roles()
                .forEach((cluster, role) -> jdbc.sql(
                                "INSERT INTO user_grants (user_name, cluster_id, role) VALUES (?, ?, ?)")
                        .params(name, cluster, role.text())
                        .update());
    }

    private static List<User> read(ResultSet rows) throws SQLException {
        Map<String, User> users = new LinkedHashMap<>();
        while (rows.next()) {
            User row = new User(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getString(3),
                    rows.getBoolean(4),
                    rows.getLong(5),
                    Grants.stored(rows.getString(6), rows.getString(7)));
            users.merge(
                    row.name(),
                    row,
                    (one, other) -> new User(
                            one.name(),
                            one.passwordHash(),
                            one.epoch(),
                            one.disabled(),
                            one.createdAtMillis(),
                            one.grants().with(other.grants())));
        }
        return List.copyOf(users.values());
    }

    static String newPassword(SecureRandom random) {
        byte[] secret = new byte[PASSWORD_BYTES];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    private void createFirst(
            PasswordEncoder encoder,
            ServerConfig config,
            SecureRandom random,
            long nowMillis,
            TransactionOperations transactions) {
        String password = newPassword(random);
        Path file = config.dataDir().resolve(PASSWORD_FILE);
        Grants everything = new Grants(Map.of(Grant.EVERY_CLUSTER, Role.ADMIN));
        String hash = PasswordLogin.encode(encoder, password);
        try {
            PrivateFiles.write(file, password + "\n");
            try {
                transactions.executeWithoutResult(_ -> insert(FIRST_USER, hash, everything, nowMillis));
                log.atInfo().addKeyValue("file", file).log("user admin created; the password is in the file");
            } catch (DuplicateKeyException e) {
                Files.deleteIfExists(file);
                log.atInfo().log("another replica created the user admin");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
