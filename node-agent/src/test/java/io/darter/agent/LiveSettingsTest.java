package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.config.AgentConfig;
import io.darter.agent.config.AgentConfigLoader;
import io.darter.agent.errors.DarterException;
import io.darter.agent.health.Patience;
import io.darter.agent.http.EventLoops;
import io.darter.agent.http.RateLimit;
import io.darter.agent.http.ServiceManager;
import io.darter.agent.origin.Registries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSettingsTest {
    private static final Instant MORNING = Instant.parse("2026-01-07T09:00:00Z");
    private static final Instant NIGHT = Instant.parse("2026-01-07T23:00:00Z");
    private static final String BY_DAY = "timeZone: UTC\nlimits: [{from: \"08:00\", to: \"18:00\", upload: 1MB}]\n";

    @TempDir
    Path folder = Path.of("replaced");

    private final RateLimit upload = RateLimit.unlimited();
    private final RateLimit download = RateLimit.unlimited();
    private final Registries registries = new Registries(List.of());

    @Test
    void theRateFollowsTheClock() throws Exception {
        LiveSettings settings = settings(BY_DAY);
        settings.apply(MORNING);
        assertTrue(upload.limited());
        assertFalse(download.limited());
        settings.apply(NIGHT);
        assertFalse(upload.limited());
    }

    @Test
    void aNewConfigurationIsTakenUp() throws Exception {
        LiveSettings settings = settings("");
        write("downloadRate: 1MB\nregistries: [{host: r.example, plainHttp: true}]\n");
        settings.reload(NIGHT);
        assertTrue(download.limited());
        assertTrue(registries.of("r.example").plainHttp());
    }

    @Test
    void whatCannotBeTakenUpIsRefusedAsAWhole() throws Exception {
        LiveSettings settings = settings("");
        write("downloadRate: 1MB\nrack: r7\nregistries: [{host: r.example, plainHttp: true}]\n");
        DarterException refused = assertThrows(DarterException.class, () -> settings.reload(NIGHT));
        assertTrue(refused.happened().contains("rack"), refused.happened());
        assertFalse(download.limited());
        assertFalse(registries.of("r.example").plainHttp());
        write("downloadRate: fast\n");
        assertThrows(DarterException.class, () -> settings.reload(NIGHT));
        assertFalse(download.limited());
    }

    @Test
    void theWatchdogHearsNothingWhenSomethingDoesNotAnswer() throws Exception {
        EventLoops loops = new EventLoops(1);
        ServiceManager nobody = new ServiceManager(loops, Map.of());
        LiveSettings settings = settings("");
        assertEquals(List.of(), pulse(settings, nobody, loops, true, folder).silent());
        assertEquals(
                List.of("the downloads' clock"),
                pulse(settings, nobody, loops, false, folder).silent());
        loops.close();
        assertEquals(
                List.of("the event loops"),
                pulse(settings, nobody, loops, true, folder).silent());
    }

    private static Pulse pulse(
            LiveSettings settings, ServiceManager manager, EventLoops loops, boolean ticks, Path dataDir) {
        return new Pulse(
                settings, manager, loops, () -> ticks, dataDir, InstantSource.system(), new Patience(System::nanoTime));
    }

    private LiveSettings settings(String yaml) throws Exception {
        write(yaml);
        return new LiveSettings(load(), this::load, upload, download, registries);
    }

    private void write(String yaml) throws Exception {
        Files.writeString(folder.resolve("agent.yaml"), yaml);
    }

    private AgentConfig load() throws DarterException {
        return AgentConfigLoader.load(Optional.of(folder.resolve("agent.yaml")), Map.of());
    }
}
