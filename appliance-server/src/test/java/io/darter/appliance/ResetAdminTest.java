package io.darter.appliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.settings.ServerConfig;
import io.darter.appliance.settings.ServerConfigLoader;
import io.darter.operator.AuditQuery;
import io.darter.operator.Grant;
import io.darter.operator.HttpOperatorApi;
import io.darter.operator.NewUser;
import io.darter.operator.OperatorException;
import io.darter.operator.UserChange;
import io.darter.operator.UserQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has lost the administrator's password, and who asks at the wrong time or place. */
class ResetAdminTest {
    private static final String EVES = "eve's own password";

    @TempDir
    Path folder;

    @Test
    void aNewPasswordForAnAdministratorAgain() throws Exception {
        String lost;
        try (TestAppliance appliance = new TestAppliance(folder)) {
            lost = appliance.password;
            try (HttpOperatorApi admin = appliance.as("admin", lost)) {
                admin.createUser(new NewUser("eve", EVES, List.of(new Grant(Grant.EVERY_CLUSTER, "admin"))));
            }
            try (HttpOperatorApi eve = appliance.as("eve", EVES)) {
                eve.changeUser("admin", new UserChange(List.of(new Grant("default", "viewer")), null, true));
            }
            refusedWhileItRuns();
        }
        Path file = folder.resolve("data").resolve("initial-admin-password");
        Files.delete(file);

        String told = Application.resetAdmin(config());

        String password = Files.readString(file).strip();
        assertTrue(told.contains(file.toString()), told);
        assertFalse(told.contains(password), "it is in the file only");
        assertNotEquals(lost, password);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (TestAppliance appliance = new TestAppliance(folder)) {
            try (HttpOperatorApi admin = appliance.as("admin", password)) {
                assertEquals(
                        List.of(new Grant(Grant.EVERY_CLUSTER, "admin")),
                        admin.whoAmI().grants());
                assertEquals(
                        "user.reset",
                        admin.audit(AuditQuery.all()).items().getFirst().action());
                assertEquals(2, admin.users(UserQuery.all()).total(), "nobody is lost");
            }
            try (HttpOperatorApi old = appliance.as("admin", lost)) {
                assertThrows(OperatorException.class, old::whoAmI);
            }
        }
    }

    @Test
    void whereThereIsNoApplianceNothingIsMade() throws Exception {
        Files.writeString(folder.resolve("server.yaml"), "dataDir: " + folder.resolve("data") + "\n");
        StartFailure failure = assertThrows(StartFailure.class, () -> Application.resetAdmin(config()));
        assertTrue(String.valueOf(failure.getMessage()).contains("DATABASE_MISSING"), failure.getMessage());
        assertFalse(Files.exists(folder.resolve("data")));
    }

    /** As a process of its own: within one, two may have the embedded database open. */
    private void refusedWhileItRuns() throws Exception {
        Path words = folder.resolve("words");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Application.class.getName(),
                        "reset-admin",
                        "--config",
                        folder.resolve("server.yaml").toString())
                .redirectErrorStream(true)
                .redirectOutput(words.toFile())
                .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
            assertTrue(Files.readString(words).contains("DATABASE_IN_USE"), Files.readString(words));
            assertEquals(1, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private ServerConfig config() {
        return ServerConfigLoader.load(folder.resolve("server.yaml"), Map.of());
    }
}
