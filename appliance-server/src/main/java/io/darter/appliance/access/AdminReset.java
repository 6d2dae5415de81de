package io.darter.appliance.access;

import io.darter.appliance.keys.PrivateFiles;
import io.darter.appliance.keys.RandomIds;
import io.darter.operator.Grant;
import io.darter.operator.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * The way back in for who may read the appliance's data folder: the user {@code admin} is there, enabled, administrator of
 * every cluster, and has a new password. Needs no running appliance, and ends the user's sessions in one that runs.
 */
public final class AdminReset {
    private final SecureRandom random;
    private final InstantSource clock;

    public AdminReset(SecureRandom random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    /**
     * All or nothing, in one transaction; the password is in the file before it counts.
     *
     * @return the private file with the password
     */
    public Path reset(Connection database, Path dataDir) throws SQLException, IOException {
        Path file = dataDir.resolve(Users.PASSWORD_FILE);
        String password = Users.newPassword(random);
        String hash = PasswordLogin.encode(new BCryptPasswordEncoder(), password);
        long nowMillis = clock.millis();
        String epoch = new RandomIds(random).next("e-");
        database.setAutoCommit(false);
        int changed = update(
                database,
                "UPDATE users SET password_hash = ?, login_epoch = ?, disabled = FALSE WHERE name = ?",
                hash,
                epoch,
                Users.FIRST_USER);
        if (changed == 0) {
            update(
                    database,
                    "INSERT INTO users (name, password_hash, login_epoch, created_at_millis) VALUES (?, ?, ?, ?)",
                    Users.FIRST_USER,
                    hash,
                    epoch,
                    nowMillis);
        }
        update(database, "DELETE FROM user_grants WHERE user_name = ?", Users.FIRST_USER);
        update(
                database,
                "INSERT INTO user_grants (user_name, cluster_id, role) VALUES (?, ?, ?)",
                Users.FIRST_USER,
                Grant.EVERY_CLUSTER,
                Role.ADMIN.text());
        update(
                database,
                "INSERT INTO audit (at_millis, user_name, token_id, address, action, subject, cluster_id, state_before,"
                        + " state_after) VALUES (?, 'reset-admin', '', 'local', 'user.reset', ?, ?, '', '')",
                nowMillis,
                Users.FIRST_USER,
                Grant.EVERY_CLUSTER);
        PrivateFiles.write(file, password + "\n");
        database.commit();
        return file;
    }

    private static int update(Connection database, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
