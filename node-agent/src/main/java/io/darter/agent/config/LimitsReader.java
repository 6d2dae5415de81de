package io.darter.agent.config;

import io.darter.agent.errors.DarterException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code limits}: {@code {from: "08:00", to: "18:00", days: mon-fri, upload: 20MB/s}}. */
final class LimitsReader {
    private static final int WINDOWS_MAX = 32;
    private static final List<String> KEYS = List.of("from", "to", "days", "upload", "download");
    private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    private LimitsReader() {}

    static List<LimitWindow> windows(@Nullable Object value) throws DarterException {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list) || list.size() > WINDOWS_MAX) {
            throw AgentConfigLoader.invalid(
                    Keys.LIMITS, String.valueOf(value), "a list of up to " + WINDOWS_MAX + " {from: ..., to: ...}");
        }
        List<LimitWindow> windows = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String prefix = Keys.LIMITS + "[" + i + "]";
            if (!(list.get(i) instanceof Map<?, ?> map)) {
                throw AgentConfigLoader.invalid(prefix, String.valueOf(list.get(i)), "a map with from: and to:");
            }
            windows.add(window(prefix, map));
        }
        return List.copyOf(windows);
    }

    private static LimitWindow window(String prefix, Map<?, ?> map) throws DarterException {
        Map<String, String> texts = new HashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            AgentConfigLoader.refuseUnknown(String.valueOf(entry.getKey()), KEYS);
            texts.put(String.valueOf(entry.getKey()), clock(entry.getValue()));
        }
        LimitWindow window = new LimitWindow(
                time(prefix + ".from", texts.getOrDefault("from", "00:00")),
                time(prefix + ".to", texts.getOrDefault("to", "00:00")),
                days(prefix + ".days", texts.getOrDefault("days", "mon-sun")),
                rate(prefix + ".upload", texts.get("upload")),
                rate(prefix + ".download", texts.get("download")));
        if (window.uploadBytesPerSecond().isEmpty()
                && window.downloadBytesPerSecond().isEmpty()) {
            throw AgentConfigLoader.invalid(prefix, map.toString(), "a window with upload, download or both");
        }
        return window;
    }

    /** YAML reads 08:00 without quotes as a number of minutes. */
    private static String clock(@Nullable Object value) {
        return value instanceof Integer minutes && minutes > 59
                ? String.format(Locale.ROOT, "%02d:%02d", minutes / 60, minutes % 60)
                : String.valueOf(value).strip();
    }

    private static LocalTime time(String key, String text) throws DarterException {
        try {
            return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
        } catch (DateTimeException e) {
            throw AgentConfigLoader.invalid(key, text, "a time of day such as \"08:00\"");
        }
    }

    /** {@code mon-fri}, {@code sat,sun}, {@code fri-mon}. */
    private static Set<DayOfWeek> days(String key, String text) throws DarterException {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.toLowerCase(Locale.ROOT).split("\\s*,\\s*")) {
            String[] ends = part.split("-", 2);
            int first = DAYS.indexOf(ends[0].strip());
            int last = DAYS.indexOf(ends[ends.length - 1].strip());
            if (first < 0 || last < 0) {
                throw AgentConfigLoader.invalid(key, text, "days such as mon-fri or sat,sun");
            }
            for (int day = first; ; day = (day + 1) % DAYS.size()) {
                days.add(DayOfWeek.of(day + 1));
                if (day == last) {
                    break;
                }
            }
        }
        return days;
    }

    private static OptionalLong rate(String key, @Nullable String text) throws DarterException {
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Units.bytes(text));
        } catch (IllegalArgumentException e) {
            throw AgentConfigLoader.invalid(key, text, String.valueOf(e.getMessage()));
        }
    }

    static ZoneId zone(String text) throws DarterException {
        try {
            return text.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(text);
        } catch (DateTimeException e) {
            throw AgentConfigLoader.invalid(
                    "timeZone", text, "a zone such as Europe/Berlin or UTC; empty: this machine's");
        }
    }
}
