package io.darter.agent.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units as people write them: 3MiB, 20GiB, 1.5 GB, 500ms, 2h. */
public final class Units {
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([A-Za-z]*)(/s)?");
    private static final Map<String, Long> BYTES = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("tb", 1_000_000_000_000L),
            Map.entry("kib", 1L << 10),
            Map.entry("mib", 1L << 20),
            Map.entry("gib", 1L << 30),
            Map.entry("tib", 1L << 40));
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Units() {}

    /** Bytes, or bytes per second; a bare number is bytes, and {@code /s} may follow. */
    public static long bytes(String text) {
        return scaled(text, BYTES, "a number with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB, such as 20GiB");
    }

    /** A duration; the unit is required. */
    public static Duration duration(String text) {
        return Duration.ofMillis(scaled(text, MILLIS, "a number with ms, s, m, h or d, such as 500ms"));
    }

    private static long scaled(String text, Map<String, Long> units, String allowed) {
        Matcher matcher = NUMBER.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(allowed);
        }
        Long unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            throw new IllegalArgumentException(allowed);
        }
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(unit))
                    .toBigInteger()
                    .longValueExact();
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException(allowed + ", at most 8 EiB", tooLarge);
        }
    }
}
