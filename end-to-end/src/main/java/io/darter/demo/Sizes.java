package io.darter.demo;

import java.util.Locale;

/** Counts for people. */
final class Sizes {
    private Sizes() {}

    static String nodes(int count) {
        return count == 1 ? "1 node" : count + " nodes";
    }

    static String text(long bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
        var value = (double) bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
