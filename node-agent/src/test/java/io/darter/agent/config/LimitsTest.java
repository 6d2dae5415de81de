package io.darter.agent.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
    private static final String WORK = """
            uploadRate: 100MB
            timeZone: Europe/Berlin
            limits:
              - {from: "08:00", to: "18:00", days: mon-fri, upload: 20MB/s}
              - {from: "22:00", to: "06:00", days: "sat,sun", upload: 0, download: 5MB/s}
            """;

    @TempDir
    Path folder = Path.of("replaced");

    @Test
    void aWindowCountsInItsTimeZoneOnItsDays() throws Exception {
        Limits limits = load(WORK).limits();
        // 2026-01-07 is a Wednesday; Berlin is an hour ahead of UTC in winter, two in summer.
        assertEquals(100_000_000, upload(limits, "2026-01-07T06:59:59Z"));
        assertEquals(20_000_000, upload(limits, "2026-01-07T07:00:00Z"));
        assertEquals(20_000_000, upload(limits, "2026-01-07T16:59:59Z"));
        assertEquals(100_000_000, upload(limits, "2026-01-07T17:00:00Z"));
        assertEquals(20_000_000, upload(limits, "2026-07-08T06:00:00Z"));
        assertEquals(100_000_000, upload(limits, "2026-01-10T10:00:00Z"), "a Saturday");
    }

    @Test
    void aWindowOverMidnightBelongsToTheDayOnWhichItBegins() throws Exception {
        Limits limits = load(WORK).limits();
        assertEquals(0, upload(limits, "2026-01-10T21:30:00Z"), "Saturday 22:30");
        assertEquals(0, upload(limits, "2026-01-12T04:30:00Z"), "Monday 05:30, begun on Sunday");
        assertEquals(5_000_000, limits.at(Instant.parse("2026-01-10T21:30:00Z")).downloadBytesPerSecond());
        assertEquals(100_000_000, upload(limits, "2026-01-10T04:30:00Z"), "Saturday 05:30, not begun on Friday");
    }

    @Test
    void timesWithoutQuotesAndDaysRoundTheWeekAreUnderstood() throws Exception {
        Limits limits = load("timeZone: UTC\nlimits: [{from: 10:30, to: 12:00, days: fri-mon, upload: 1MB}]\n")
                .limits();
        assertEquals(1_000_000, upload(limits, "2026-01-12T10:30:00Z"), "a Monday");
        assertEquals(0, upload(limits, "2026-01-13T10:30:00Z"), "a Tuesday");
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        assertRefused("limits: [{from: \"25:00\", upload: 1}]\n", "limits[0].from");
        assertRefused("limits: [{days: someday, upload: 1}]\n", "limits[0].days");
        assertRefused("limits: [{upload: fast}]\n", "limits[0].upload");
        assertRefused("limits: [{from: \"08:00\"}]\n", "upload, download or both");
        assertRefused("limits: [{uplaod: 1}]\n", "\"upload\"");
        assertRefused("timeZone: Mars/Olympus\n", "timeZone");
        assertRefused("logLevel: loud\n", "logLevel");
    }

    @Test
    void whatARunningAgentCannotChangeIsNamed() throws Exception {
        AgentConfig now = load("uploadRate: 1MB\npeer.port: 4000\n");
        assertEquals(List.of(), now.fixedDifferences(load(WORK + "logLevel: debug\n")));
        assertEquals(
                List.of("peer.port", "zone"),
                now.fixedDifferences(load("peer.port: 5000\nzone: z\nuploadRate: 2MB\n")));
    }

    private static long upload(Limits limits, String when) {
        return limits.at(Instant.parse(when)).uploadBytesPerSecond();
    }

    private void assertRefused(String yaml, String part) {
        DarterException refused = assertThrows(DarterException.class, () -> load(yaml));
        assertTrue(String.valueOf(refused.getMessage()).contains(part), refused::getMessage);
    }

    private AgentConfig load(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("agent.yaml"), yaml);
        return AgentConfigLoader.load(Optional.of(file), Map.of());
    }
}
