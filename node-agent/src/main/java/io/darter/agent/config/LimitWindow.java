package io.darter.agent.config;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.OptionalLong;
import java.util.Set;

/**
 * When other rates apply.
 *
 * @param from included
 * @param to excluded; before {@code from}: on the next day; the same: all day
 * @param days on which it begins
 * @param uploadBytesPerSecond 0 = unlimited; empty: as at other times
 * @param downloadBytesPerSecond the same
 */
public record LimitWindow(
        LocalTime from,
        LocalTime to,
        Set<DayOfWeek> days,
        OptionalLong uploadBytesPerSecond,
        OptionalLong downloadBytesPerSecond) {
    boolean contains(ZonedDateTime when) {
        LocalTime time = when.toLocalTime();
        DayOfWeek today = when.getDayOfWeek();
        if (from.isBefore(to)) {
            return days.contains(today) && !time.isBefore(from) && time.isBefore(to);
        }
        if (from.equals(to)) {
            return days.contains(today);
        }
        return (days.contains(today) && !time.isBefore(from)) || (days.contains(today.minus(1)) && time.isBefore(to));
    }
}
