package io.darter.agent.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The text is what the exposition format 0.0.4 allows. */
class MetricsTest {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) [^\\n]+");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) (counter|gauge|summary)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(\\{[a-z]+=\"[^\"\\\\]*\"(?:,[a-z]+=\"[^\"\\\\]*\")*})? (-?[0-9.E-]+)");

    @Test
    void eachFamilyIsDescribedOnceAndItsSamplesFollow() {
        Metrics metrics = new Metrics()
                .counter("darter_a_total", "A.", "source=\"PEER\"", () -> 1)
                .gauge("darter_b", "B.", () -> -2)
                .counter("darter_a_total", "A.", "source=\"ORIGIN\"", () -> 3)
                .summary("darter_c_seconds", "C.", "size=\"MORE\"", () -> 4, () -> 0.25);
        List<String> samples = parse(metrics.text());
        assertEquals(
                List.of(
                        "darter_a_total{source=\"PEER\"} 1",
                        "darter_a_total{source=\"ORIGIN\"} 3",
                        "darter_b -2",
                        "darter_c_seconds_sum{size=\"MORE\"} 0.25",
                        "darter_c_seconds_count{size=\"MORE\"} 4"),
                samples);
    }

    @Test
    void downloadsAreCountedByTheirSize() {
        Traffic traffic = new Traffic();
        traffic.ended(1 << 20, 500_000_000);
        traffic.ended(1 << 20, 500_000_000);
        traffic.ended(5L << 30, 1);
        assertEquals(2, traffic.endedTasks(Traffic.Size.TO_1MIB));
        assertEquals(1.0, traffic.endedSeconds(Traffic.Size.TO_1MIB));
        assertEquals(1, traffic.endedTasks(Traffic.Size.MORE));
    }

    private static List<String> parse(String text) {
        assertTrue(text.endsWith("\n"));
        Set<String> seen = new HashSet<>();
        List<String> samples = new ArrayList<>();
        String family = "";
        String type = "";
        String helped = "";
        for (String line : text.split("\n")) {
            Matcher help = HELP.matcher(line);
            Matcher typed = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                helped = help.group(1);
                assertTrue(seen.add(helped), "twice: " + helped);
            } else if (typed.matches()) {
                family = typed.group(1);
                type = typed.group(2);
                assertEquals(helped, family);
            } else {
                assertTrue(sample.matches(), line);
                String suffix = sample.group(1).substring(family.length());
                assertTrue(sample.group(1).startsWith(family), line);
                assertEquals(type.equals("summary"), !suffix.isEmpty(), line);
                assertEquals(type.equals("counter"), family.endsWith("_total"), line);
                assertFalse(samples.contains(line), line);
                samples.add(line);
            }
        }
        return samples;
    }
}
