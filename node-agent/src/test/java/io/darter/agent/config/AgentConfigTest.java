package io.darter.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {
    @TempDir
    Path folder = Path.of("replaced");

    @Test
    void nothingSetGivesTheDocumentedDefaults() throws Exception {
        AgentConfig config = AgentConfigLoader.load(Optional.empty(), Map.of());

        assertEquals(Path.of("/var/lib/darter-agent"), config.dataDir());
        assertEquals(new AgentConfig.Peer("0.0.0.0", 4000, "", true), config.peer());
        assertEquals(new AgentConfig.Mirror("127.0.0.1", 4001), config.mirror());
        assertEquals(4003, config.health().port());
        assertEquals(20L << 30, config.quotaBytes(false));
        assertEquals(50L << 30, config.quotaBytes(true));
        assertEquals(new AgentConfig.Store(95, 85, Duration.ZERO, 1L << 30), config.store());
    }

    @Test
    void theBoundsOfTheStoreAreReadAndChecked() throws Exception {
        AgentConfig config =
                load("store: {high: 90%, low: 50, timeToLive: 7d, diskReserve: 0}\n", Map.of("DARTER_STORE_LOW", "60"));
        assertEquals(new AgentConfig.Store(90, 60, Duration.ofDays(7), 0), config.store());
        DarterException refused =
                assertThrows(DarterException.class, () -> load("store: {high: 50, low: 60}\n", Map.of()));
        assertTrue(refused.advice().contains("store.high, which is 50"), refused.advice());
        assertThrows(DarterException.class, () -> load("store.high: 101\n", Map.of()));
    }

    @Test
    void nestedAndDottedKeysAndUnitsAreRead() throws Exception {
        AgentConfig config = load("""
                peer:
                  port: 5000
                peer.advertise: 10.0.0.7
                uploadRate: 3MiB
                quota: 1.5GB
                registries:
                  - host: registry.example:5000
                    plainHttp: true
                """, Map.of());

        assertEquals(new AgentConfig.Peer("0.0.0.0", 5000, "10.0.0.7", true), config.peer());
        assertEquals(3L << 20, config.uploadBytesPerSecond());
        assertEquals(1_500_000_000L, config.quotaBytes(false));
        assertTrue(config.registries().getFirst().plainHttp());
        assertEquals(Duration.ofMillis(500), Units.duration("500ms"));
    }

    @Test
    void theEnvironmentWinsAndDescribeSaysSoWithoutSecrets() throws Exception {
        AgentConfig config =
                load("peer.port: 1\nzone: a\n", Map.of("DARTER_PEER_PORT", "2", "DARTER_JOIN_TOKEN", "darter1.secret"));

        assertEquals(2, config.peer().port());
        String text = config.describe();
        assertTrue(text.contains("2  (environment)") && text.contains("a  (file)"), text);
        assertTrue(text.contains("***"));
        assertFalse(text.contains("secret"));
        assertFalse(config.toString().contains("secret"));
    }

    @Test
    void anUnknownKeyIsRefusedWithTheNearestKnownName() {
        DarterException refused = assertThrows(DarterException.class, () -> load("peer:\n  prot: 1\n", Map.of()));

        assertEquals(ErrorCode.CONFIG_UNKNOWN_KEY, refused.code());
        assertTrue(refused.advice().contains("\"peer.port\""), refused.advice());
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearestKnownNameAndWithoutItsValue() throws Exception {
        DarterException refused =
                assertThrows(DarterException.class, () -> load("", Map.of("DARTER_QUOTTA", "3", "PATH", "/bin")));
        assertEquals(ErrorCode.CONFIG_UNKNOWN_KEY, refused.code());
        assertTrue(refused.happened().contains("DARTER_QUOTTA"), refused.happened());
        assertTrue(refused.advice().contains("DARTER_QUOTA;"), refused.advice());
        refused = assertThrows(DarterException.class, () -> load("", Map.of("DARTER_JOIN_TOCKEN", "darter1.secret")));
        assertFalse(refused.toString().contains("secret"));
        load("", Map.of("DARTER_SOCKET", "/s", "DARTER_LOG_FILE_SIZE", "1MiB", "DARTER_STORE_TIME_TO_LIVE", "1d"));
    }

    @Test
    void whatKubernetesTellsOfServicesIsNoSetting() throws Exception {
        load(
                "",
                Map.of(
                        "DARTER_SERVER_SERVICE_HOST", "10.0.0.1",
                        "DARTER_SERVER_SERVICE_PORT", "8443",
                        "DARTER_SERVER_SERVICE_PORT_HTTPS", "8443",
                        "DARTER_SERVER_PORT", "tcp://10.0.0.1:8443",
                        "DARTER_SERVER_PORT_8443_TCP", "tcp://10.0.0.1:8443",
                        "DARTER_SERVER_PORT_8443_TCP_ADDR", "10.0.0.1"));
        assertThrows(DarterException.class, () -> load("", Map.of("DARTER_PEAR_PORT", "4000")));
    }

    @Test
    void aWrongValueIsRefusedWithKeyValueAndWhatIsAllowed() {
        DarterException refused = assertThrows(DarterException.class, () -> load("quota: lots\n", Map.of()));

        assertEquals(ErrorCode.CONFIG_INVALID, refused.code());
        assertTrue(refused.toString().contains("quota") && refused.toString().contains("lots"));
        assertTrue(refused.advice().contains("20GiB"));
    }

    @Test
    void filteredParametersAreAListOrWords() throws Exception {
        assertEquals(
                List.of("token", "sid"),
                load("filteredQueryParams: [token, sid]\n", Map.of()).filteredQueryParams());
        assertEquals(
                List.of("token", "sid"),
                load("", Map.of("DARTER_FILTERED_QUERY_PARAMS", "token, sid")).filteredQueryParams());
        assertThrows(DarterException.class, () -> load("filteredQueryParams: ['a=b']\n", Map.of()));
    }

    @Test
    void theMirrorListensOnLoopbackOnly() {
        DarterException refused = assertThrows(DarterException.class, () -> load("mirror.bind: 0.0.0.0\n", Map.of()));

        assertEquals(ErrorCode.CONFIG_INVALID, refused.code());
    }

    @Test
    void brokenYamlIsRefusedWithoutQuotingIt() {
        DarterException refused =
                assertThrows(DarterException.class, () -> load("joinToken: \"darter1.secret\n", Map.of()));

        assertEquals(ErrorCode.CONFIG_INVALID, refused.code());
        assertFalse(refused.toString().contains("secret"));
    }

    private AgentConfig load(String yaml, Map<String, String> environment) throws Exception {
        Path file = Files.writeString(folder.resolve("agent.yaml"), yaml);
        return AgentConfigLoader.load(Optional.of(file), environment);
    }
}
