package io.darter.appliance;

import java.sql.SQLException;
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
            if (cause instanceof SQLException sql) {
                return StartFailure.environment("Opening the database: " + sql.getMessage()
                        + ". Check database.url, the user and the password, and that no other appliance uses this"
                        + " data folder. (DATABASE_UNAVAILABLE)");
            }
        }
        return null;
    }
}
