package io.darter.bench;

import java.util.HashMap;
import java.util.Map;

/**
 * The words behind {@code ./dev bench NAME}.
 *
 * @param json whether the last line is to be JSON
 */
record Arguments(boolean json, Map<String, Integer> numbers) {
    /** @param defaults the options that the measurement knows, {@code rounds} for {@code --rounds N} */
    static Arguments parse(String[] words, Map<String, Integer> defaults) {
        var numbers = new HashMap<>(defaults);
        var json = false;
        for (var i = 0; i < words.length; i++) {
            var name = words[i].startsWith("--") ? words[i].substring(2) : "";
            if (name.equals("json")) {
                json = true;
            } else if (defaults.containsKey(name) && i + 1 < words.length && words[i + 1].matches("\\d{1,9}")) {
                numbers.put(name, Integer.valueOf(words[++i]));
            } else {
                System.err.println(
                        "Unknown or incomplete option " + words[i] + "; known are --json and, with a number, "
                                + defaults.keySet().stream()
                                        .map(key -> "--" + key)
                                        .sorted()
                                        .toList());
                System.exit(2);
            }
        }
        return new Arguments(json, Map.copyOf(numbers));
    }

    int number(String name) {
        return numbers.getOrDefault(name, 0);
    }
}
