package io.darter.appliance;

import io.darter.appliance.settings.ServerConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knocks at an external database before anything is built upon it: one that is not there yet is waited for, up to
 * {@link #PATIENCE_SECONDS}; one that refuses is not, because waiting would not help.
 */
final class DatabaseDoor {
    static final int PATIENCE_SECONDS = 60;

    private static final Logger log = LoggerFactory.getLogger(DatabaseDoor.class);
    private static final int PAUSE_MILLIS = 1_000;
    private static final int ACCESS_DENIED = 1045;
    private static final int ACCESS_TO_DATABASE_DENIED = 1044;
    private static final int UNKNOWN_DATABASE = 1049;

    private DatabaseDoor() {}

    /** Returns when the database lets the appliance in, at once if it is embedded. */
    static void await(ServerConfig config) {
        if (config.database().embedded()) {
            return;
        }
        Map<String, Object> settings = SpringSettings.of(config);
        String url = String.valueOf(settings.get("spring.datasource.url"));
        Properties user = new Properties();
        user.setProperty("user", String.valueOf(settings.get("spring.datasource.username")));
        user.setProperty("password", String.valueOf(settings.get("spring.datasource.password")));
        for (int tried = 1; ; tried++) {
            try (Connection connection = DriverManager.getConnection(url, user)) {
                log.atInfo()
                        .addKeyValue("server", connection.getMetaData().getDatabaseProductVersion())
                        .log("database reached");
                return;
            } catch (SQLException e) {
                refuseWhatWaitingCannotMend(config, e);
                if (tried >= PATIENCE_SECONDS * 1000 / PAUSE_MILLIS || pause()) {
                    throw StartFailure.environment("Opening the database " + place(config) + ": it was not reached in "
                            + tried + " tries (" + firstLine(e) + "). Check database.url, and that the server runs and"
                            + " takes connections from here; then start again. (DATABASE_UNAVAILABLE)");
                }
                if (tried == 1) {
                    log.atWarn()
                            .addKeyValue("cause", firstLine(e))
                            .log("the database does not answer; waiting for it up to {} s", PATIENCE_SECONDS);
                }
            }
        }
    }

    private static void refuseWhatWaitingCannotMend(ServerConfig config, SQLException refusal) {
        String tried = "Opening the database " + place(config) + ": ";
        if (refusal.getErrorCode() == ACCESS_DENIED || refusal.getErrorCode() == ACCESS_TO_DATABASE_DENIED) {
            throw StartFailure.environment(tried + "it refuses the user '"
                    + config.database().username() + "' (" + firstLine(refusal)
                    + "). Check database.username and database.passwordFile, and that the database is there and the user"
                    + " has all rights on it. (DATABASE_DENIED)");
        }
        if (refusal.getErrorCode() == UNKNOWN_DATABASE) {
            throw StartFailure.environment(
                    tried + "there is no such database on that server. Create it (CREATE DATABASE"
                            + " name CHARACTER SET utf8mb4) or correct database.url. (DATABASE_MISSING)");
        }
    }

    /** Without options, which may hold secrets. */
    private static String place(ServerConfig config) {
        return config.database().url().replaceAll("\\?.*", "");
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
