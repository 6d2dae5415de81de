package io.darter.appliance;

import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.PortInUseException;

/** Failures of libraries during the start, in an operator's words. */
final class KnownFailures {
    private KnownFailures() {}

    static @Nullable StartFailure of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException port) {
                return StartFailure.environment("Opening the port " + port.getPort()
                        + ": another program has it. Choose another httpsPort or httpPort. (PORT_TAKEN)");
            }
            if (cause instanceof FlywayException migration) {
                return StartFailure.environment("Bringing the database to this version: "
                        + String.valueOf(migration.getMessage()).replaceAll("\\s+", " ")
                        + ". Give the appliance a database of its own, with all rights on it, and never an older version"
                        + " one that a newer has used; restore a backup if tables were changed. (DATABASE_MIGRATION)");
            }
            if (cause instanceof SQLException sql) {
                return StartFailure.environment("Opening the database: " + sql.getMessage()
                        + ". Check database.url, the user and the password, and that no other appliance uses this"
                        + " data folder. (DATABASE_UNAVAILABLE)");
            }
        }
        return null;
    }
}
