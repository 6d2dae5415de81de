package io.darter.appliance;

import io.darter.appliance.access.AdminReset;
import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;

/** {@code darter-server reset-admin}: on the machine of an appliance whose administrator's password is lost. */
final class ResetAdmin {
    private static final String TRIED = "Resetting the user admin: ";
    /** H2: another process has the file. */
    private static final int DATABASE_ALREADY_OPEN = 90020;

    private ResetAdmin() {}

    /** @return what to tell the operator */
    static String run(ServerConfig config, AdminReset reset) {
        if (config.database().embedded() && !Files.exists(config.dataDir().resolve("darter.mv.db"))) {
            throw StartFailure.environment(TRIED + "there is no database in " + config.dataDir()
                    + ". Name the appliance's configuration with --config; an appliance that starts for the first time"
                    + " makes the first password itself. (DATABASE_MISSING)");
        }
        String told = reset(config, reset);
        giveBack(config.dataDir());
        return told;
    }

    private static String reset(ServerConfig config, AdminReset reset) {
        Map<String, Object> settings = SpringSettings.of(config);
        try (Connection database = DriverManager.getConnection(
                String.valueOf(settings.get("spring.datasource.url")),
                String.valueOf(settings.get("spring.datasource.username")),
                String.valueOf(settings.get("spring.datasource.password")))) {
            Path file = reset.reset(database, config.dataDir());
            return "The user admin has a new password, in " + file + ", and is administrator of every cluster."
                    + " Its sessions have ended.";
        } catch (SQLException e) {
            if (config.database().embedded() && e.getErrorCode() == DATABASE_ALREADY_OPEN) {
                throw StartFailure.environment(TRIED + "the appliance runs and has the database open. Stop it first"
                        + " (systemctl stop darter-server); then try again, and start it. (DATABASE_IN_USE)");
            }
            throw StartFailure.environment(TRIED + "the database did not take it (" + e.getMessage()
                    + "). Check the database's settings, and that this version of the appliance has been started with"
                    + " it once. (DATABASE_UNAVAILABLE)");
        } catch (IOException e) {
            throw StartFailure.environment(TRIED + "the password could not be written (" + e
                    + "), and nothing was changed. Run this as the user of the appliance, or as root."
                    + " (DATA_FOLDER_UNUSABLE)");
        }
    }

    /** Root leaves nothing behind that the appliance's user could not read. */
    private static void giveBack(Path dataDir) {
        try (Stream<Path> files = Files.list(dataDir)) {
            UserPrincipal owner = Files.getOwner(dataDir);
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && !Files.getOwner(file).equals(owner)) {
                    Files.setOwner(file, owner);
                }
            }
        } catch (IOException e) {
            throw StartFailure.environment(TRIED + "it has a new password, but files in " + dataDir
                    + " may belong to somebody else now (" + e + "). Give them to the appliance's user."
                    + " (DATA_FOLDER_UNUSABLE)");
        }
    }
}
