package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.bench.MariaDb;
import io.darter.bench.Replicas;
import io.darter.demo.ApplianceProcess;
import io.darter.demo.Child;
import io.darter.demo.HttpDoor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An appliance that can not use its database says why and what to do, and leaves everything as it was. */
@Timeout(180)
class DatabaseRefusalsTest {
    private static final String PASSWORD = "it is right";
    private static final int REFUSED = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static MariaDb database;

    @BeforeAll
    static void parts() throws Exception {
        RealParts.requirePrograms("mariadbd");
        ClassPaths.require();
        database = MariaDb.start(shared, PASSWORD);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void aDatabaseThatIsNotThere() throws Exception {
        sql("GRANT ALL ON darters.* TO 'darter'@'%'; GRANT ALL ON darters.* TO 'darter'@'localhost'");
        refused("DATABASE_MISSING", "CREATE DATABASE", Map.of("database.url", database.url() + "s"));
    }

    /** A server does not tell those who have no rights on a database whether there is one. */
    @Test
    void aDatabaseWithoutRights() throws Exception {
        refused(
                "DATABASE_DENIED",
                "is there and the user has all rights on it",
                Map.of("database.url", database.url().replace("/darter", "/mysql")));
    }

    @Test
    void aPasswordThatIsNotRight() throws Exception {
        String words =
                refused("DATABASE_DENIED", "database.passwordFile", Map.of("database.passwordFile", secret("no")));
        assertFalse(words.contains(PASSWORD), "secrets are not told");
    }

    @Test
    void aDatabaseOfSomebodyElse() throws Exception {
        sql("CREATE DATABASE others; CREATE TABLE others.things (id INT); GRANT ALL ON others.* TO 'darter'@'%';"
                + "GRANT ALL ON others.* TO 'darter'@'localhost'");
        refused(
                "DATABASE_MIGRATION",
                "database of its own",
                Map.of("database.url", database.url().replace("/darter", "/others")));
        assertEquals("things", sql("SHOW TABLES IN others").strip(), "nothing was put into it");
    }

    @Test
    void aMasterKeyThatIsNotThere() throws Exception {
        refused(
                "MASTER_KEY_MISSING",
                "copy it to every replica",
                Map.of(
                        "replicas",
                        2,
                        "masterKeyFile",
                        folder.resolve("nowhere.key").toString(),
                        "redis.url",
                        "redis://127.0.0.1:1"));
        assertFalse(Files.exists(folder.resolve("nowhere.key")), "it does not make one of its own");
    }

    private String refused(String code, String advice, Map<String, ?> other) throws Exception {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "httpsPort",
                0,
                "httpPort",
                0,
                "agentPort",
                0,
                "database.url",
                database.url(),
                "database.username",
                MariaDb.USER,
                "database.passwordFile",
                secret(PASSWORD)));
        settings.putAll(other);
        try (ApplianceProcess appliance = ApplianceProcess.start(new ApplianceProcess.Plan(
                ClassPaths.server(),
                List.of(),
                folder.resolve("appliance"),
                "127.0.0.1",
                settings,
                HttpDoor.direct()))) {
            Child child = appliance.child();
            assertTrue(child.awaitExit(PATIENCE), "it gives up at once");
            String words = child.lastLines(20);
            assertEquals(REFUSED, child.exitCode(), words);
            assertTrue(words.contains(code), words);
            assertTrue(words.contains(advice), words);
            return words;
        }
    }

    private static String sql(String statements) throws Exception {
        return Shell.run(
                "mariadb",
                "--no-defaults",
                "--user=root",
                "--socket=" + shared.resolve("mariadb.sock"),
                "-N",
                "-e",
                statements);
    }

    private String secret(String word) throws Exception {
        return Replicas.secret(Files.createDirectories(folder).resolve("password-" + word.length()), word)
                .toString();
    }
}
