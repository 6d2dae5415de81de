package io.darter.appliance.node;

import io.darter.appliance.operator.Problems;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Which labels, zones and racks are possible: names and values as Kubernetes has them, in bounded number and length. */
final class LabelRules {
    static final int LABELS_MAX = 32;
    private static final int NAME_CHARS_MAX = 190;
    private static final int PLACE_CHARS_MAX = 190;
    /** An optional domain and a slash, then up to 63 letters, digits, dashes, dots and underscores. */
    private static final Pattern NAME =
            Pattern.compile("([a-z0-9]([a-z0-9.-]{0,124}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    private static final Pattern VALUE = Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern PLACE = Pattern.compile("[^\\p{Cntrl}]*");

    private LabelRules() {}

    static SortedMap<String, String> labels(Map<String, String> wished, String tried) {
        if (wished.size() > LABELS_MAX) {
            throw Problems.invalid(
                    tried, wished.size() + " labels are too many", "Use at most " + LABELS_MAX + " labels");
        }
        wished.forEach((name, value) -> {
            if (name.length() > NAME_CHARS_MAX || !NAME.matcher(name).matches()) {
                throw Problems.invalid(
                        tried,
                        "a label has a name that is not possible",
                        "Use names like rack-class or example.com/gpu: letters, digits, dashes, dots, underscores");
            }
            if (value == null || !VALUE.matcher(value).matches()) {
                throw Problems.invalid(
                        tried,
                        "the label " + name + " has a value that is not possible",
                        "Use up to 63 letters, digits, dashes, dots and underscores");
            }
        });
        return new TreeMap<>(wished);
    }

    static String place(String wished, String what, String tried) {
        String place = wished.strip();
        if (place.length() > PLACE_CHARS_MAX || !PLACE.matcher(place).matches()) {
            throw Problems.invalid(
                    tried, "the " + what + " is not possible", "Use up to " + PLACE_CHARS_MAX + " characters");
        }
        return place;
    }
}
