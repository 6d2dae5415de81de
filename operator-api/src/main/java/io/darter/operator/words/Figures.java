package io.darter.operator.words;

import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import org.jspecify.annotations.Nullable;

/** Numbers, sizes and times as people of one language read them. Immutable. */
public final class Figures {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private final Words words;

    public Figures(Words words) {
        this.words = words;
    }

    public String number(long number) {
        return NumberFormat.getIntegerInstance(words.locale()).format(number);
    }

    /** In units of 1024, with one decimal below 100: "1.5 GiB". */
    public String bytes(long bytes) {
        double size = Math.max(0, bytes);
        int unit = 0;
        while (size >= 1024 && unit < UNITS.length - 1) {
            size /= 1024;
            unit++;
        }
        NumberFormat format = NumberFormat.getNumberInstance(words.locale());
        format.setMaximumFractionDigits(unit == 0 || size >= 100 ? 0 : 1);
        return format.format(size) + " " + UNITS[unit];
    }

    /** Between 0 and 1; an empty whole is 0. */
    public static double share(long part, long whole) {
        return whole <= 0 ? 0 : Math.clamp((double) part / whole, 0, 1);
    }

    /** Rounded down, so that 100 % means all of it. */
    public String percent(long part, long whole) {
        NumberFormat format = NumberFormat.getPercentInstance(words.locale());
        return format.format(Math.floor(share(part, whole) * 100) / 100);
    }

    /** How long ago, in the largest unit that fits: "5 minutes ago". */
    public String ago(@Nullable Instant then, Instant now) {
        if (then == null) {
            return words.text("time.never");
        }
        long seconds = Math.max(0, Duration.between(then, now).toSeconds());
        if (seconds < 15) {
            return words.text("time.justNow");
        }
        if (seconds < 60) {
            return words.count("time.secondsAgo", seconds);
        }
        if (seconds < 3600) {
            return words.count("time.minutesAgo", seconds / 60);
        }
        if (seconds < 86_400) {
            return words.count("time.hoursAgo", seconds / 3600);
        }
        return words.count("time.daysAgo", seconds / 86_400);
    }

    public String time(Instant instant, ZoneId zone) {
        return DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM)
                .withLocale(words.locale())
                .format(instant.atZone(zone));
    }

    public String dateAndTime(Instant instant, ZoneId zone) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
                .withLocale(words.locale())
                .format(instant.atZone(zone));
    }
}
