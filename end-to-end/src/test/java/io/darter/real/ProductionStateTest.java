package io.darter.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.darter.bench.MariaDb;
import io.darter.bench.RedisSentinels;
import io.darter.demo.Child;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The appliance's own tests of the whole, which its build runs on the embedded state, once more on MariaDB and on a Redis
 * master with two replicas and Sentinels.
 */
class ProductionStateTest {
    private static final String PASSWORD = "only-for-this-test";
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Path APPLIANCE_TESTS = Path.of("..", "appliance-server", "target", "test-classes")
            .toAbsolutePath()
            .normalize();

    @TempDir
    Path folder;

    @BeforeAll
    static void parts() throws Exception {
        RealParts.requirePrograms("redis-server", "mariadbd");
        ClassPaths.require();
        assumeTrue(Files.isDirectory(APPLIANCE_TESTS), "NOT RUN: the appliance's tests are not compiled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.darter.appliance.access.PeopleTest", "io.darter.appliance.access.SecurityTest"})
    @Timeout(300)
    void asOnTheEmbeddedState(String tests) throws Exception {
        try (MariaDb database = MariaDb.start(folder.resolve("mariadb"), PASSWORD);
                RedisSentinels redis = RedisSentinels.start(folder.resolve("redis"), PASSWORD);
                Child run =
                        Child.start("tests", command(tests, state(database, redis)), Map.of(), folder.resolve("log"))) {
            assertTrue(run.awaitExit(PATIENCE), "it ends");
            String words = run.lastLines(60);
            assertEquals(0, run.exitCode(), words);
            System.out.println("MEASURED " + tests + " on MariaDB and Redis with Sentinel, "
                    + words.substring(words.lastIndexOf(TestRun.LAST_WORD)).strip());
        }
    }

    private Path state(MariaDb database, RedisSentinels redis) throws Exception {
        Path password = Files.writeString(folder.resolve("password"), PASSWORD);
        return Files.writeString(folder.resolve("state.yaml"), """
                database:
                  url: "%s"
                  username: %s
                  passwordFile: %s
                redis:
                  sentinels: %s
                  sentinelMaster: %s
                  passwordFile: %s
                """.formatted(
                database.url(), MariaDb.USER, password, redis.addresses(), RedisSentinels.MASTER_NAME, password));
    }

    private static List<String> command(String tests, Path state) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Ddarter.test.state=" + state,
                "-cp",
                APPLIANCE_TESTS + File.pathSeparator + ClassPaths.server() + File.pathSeparator + ownWithJUnit(),
                TestRun.class.getName(),
                tests);
    }

    /** Of this module's class path only what runs tests. */
    private static String ownWithJUnit() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> entry.endsWith("test-classes")
                        || entry.matches(".*/(junit|opentest4j|apiguardian)-[^/]*" + "|.*/apiguardian-api-[^/]*"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
