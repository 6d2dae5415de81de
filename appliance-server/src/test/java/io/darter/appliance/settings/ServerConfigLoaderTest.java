package io.darter.appliance.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.appliance.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigLoaderTest {
    @TempDir
    Path folder;

    @Test
    void withoutAnythingTheDefaultsHold() {
        ServerConfig config = ServerConfigLoader.load(null, Map.of());
        assertEquals(8443, config.httpsPort());
        assertEquals(8444, config.agentPort());
        assertEquals("seeds-first", config.originFetchers());
        assertEquals(0, config.pieceBytes());
        assertEquals(Path.of("/var/lib/darter-server/master.key"), config.masterKeyFile());
    }

    @Test
    void flatAndNestedKeysAreTheSameAndTheEnvironmentWins() throws IOException {
        ServerConfig config = ServerConfigLoader.load(
                file("""
                        bind: 127.0.0.1
                        advertise: [10.0.0.1, box]
                        pieceSize: 1MiB
                        database:
                          url: jdbc:mysql://db/darter
                        database.username: darter
                        httpsPort: 1
                        """), Map.of("DARTER_HTTPS_PORT", "9443", "DARTER_DATABASE_PASSWORD_FILE", "/run/secret"));
        assertEquals(List.of("10.0.0.1", "box"), config.advertise());
        assertEquals(1 << 20, config.pieceBytes());
        assertEquals("jdbc:mysql://db/darter", config.database().url());
        assertEquals("darter", config.database().username());
        assertEquals(Path.of("/run/secret"), config.database().passwordFile());
        assertEquals(9443, config.httpsPort());
    }

    @Test
    void anUnknownKeyStopsTheStartWithTheNearestKnownName() throws IOException {
        Path file = file("database:\n  pasword_file: x\n");
        StartFailure failure = assertThrows(StartFailure.class, () -> ServerConfigLoader.load(file, Map.of()));
        assertEquals(2, failure.exitCode());
        assertTrue(String.valueOf(failure.getMessage()).contains("Did you mean 'database.passwordFile'?"));
    }

    @Test
    void aValueOutOfRangeNamesItsKeyAndTheRange() {
        StartFailure failure = assertThrows(
                StartFailure.class, () -> ServerConfigLoader.load(null, Map.of("DARTER_AGENT_PORT", "70000")));
        assertTrue(String.valueOf(failure.getMessage()).contains("'agentPort: 70000'"));
        assertTrue(String.valueOf(failure.getMessage()).contains("0 to 65535"));
    }

    @Test
    void sentinelsAreReadWithAndWithoutAScheme() throws IOException {
        ServerConfig.Redis redis = ServerConfigLoader.load(file("redis: {sentinels: [a:1, redis://b:2]}\n"), Map.of())
                .redis();
        assertEquals(List.of("redis://a:1", "redis://b:2"), redis.sentinels());
        assertEquals("mymaster", redis.sentinelMaster());
        assertFalse(redis.embedded());
    }

    @Test
    void redisIsGivenInOneWayOnlyAndWhole() throws IOException {
        for (String wrong : List.of(
                "redis: {url: redis://a:1, sentinels: [b:2]}",
                "redis: {sentinels: [redis://a:1, rediss://b:2]}",
                "redis: {url: \"redis://user:secret@a:1\"}",
                "redis: {url: a}")) {
            Path file = file(wrong + "\n");
            StartFailure failure = assertThrows(StartFailure.class, () -> ServerConfigLoader.load(file, Map.of()));
            assertTrue(String.valueOf(failure.getMessage()).contains("'redis."), failure.getMessage());
        }
    }

    @Test
    void severalReplicasDoNotStartOnStateOfTheirOwn() throws IOException {
        String database = "database: {url: \"jdbc:mysql://db/darter\"}\n";
        String redis = "redis: {url: \"redis://r:6379\"}\n";
        String key = "masterKeyFile: /etc/darter/master.key\n";
        for (List<String> missing : List.of(
                List.of("database.url", redis + key),
                List.of("redis.url", database + key),
                List.of("masterKeyFile", database + redis))) {
            Path file = file("replicas: 3\n" + missing.getLast());
            StartFailure failure = assertThrows(StartFailure.class, () -> ServerConfigLoader.load(file, Map.of()));
            assertTrue(
                    String.valueOf(failure.getMessage()).contains("Set " + missing.getFirst()), failure.getMessage());
            assertTrue(String.valueOf(failure.getMessage()).contains("STATE_NOT_SHARED"));
        }
        assertTrue(ServerConfigLoader.load(file("replicas: 3\n" + database + redis + key), Map.of())
                .shared());
    }

    @Test
    void aDatabaseThatIsNotMySqlIsRefused() throws IOException {
        for (String url : List.of("jdbc:postgresql://db/darter", "jdbc:h2:file:/x", "jdbc:mysql://db", "db/darter")) {
            Path file = file("database: {url: \"" + url + "\"}\n");
            StartFailure failure = assertThrows(StartFailure.class, () -> ServerConfigLoader.load(file, Map.of()));
            assertTrue(String.valueOf(failure.getMessage()).contains("'database.url: " + url + "'"));
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("server.yaml"), text);
    }
}
