package io.darter.bench;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The words behind {@code ./dev bench NAME}: options of its own, and for every measurement {@code --json}, whether the last
 * line is to be JSON, and {@code --help}, which prints the options and measures nothing.
 */
final class Arguments {
    private final Map<String, Option> known;
    private final Map<String, String> given;

    private Arguments(Map<String, Option> known, Map<String, String> given) {
        this.known = known;
        this.given = given;
    }

    /**
     * One option.
     *
     * @param placeholder of its value; empty if it has none
     */
    private record Option(String name, String placeholder, String otherwise, String pattern) {
        String usage() {
            String value = placeholder.isEmpty() ? "" : " " + placeholder;
            return "--" + name + value + (otherwise.isEmpty() ? "" : " (" + otherwise + ")");
        }
    }

    /** What a measurement knows; its values until somebody gives others. */
    static final class Known {
        private final Map<String, Option> options = new LinkedHashMap<>();

        Known number(String name, double otherwise) {
            String text = otherwise == Math.rint(otherwise) ? Long.toString((long) otherwise) : "" + otherwise;
            return with(new Option(name, "N", text, "\\d{1,9}(\\.\\d{1,3})?"));
        }

        Known text(String name) {
            return with(new Option(name, "TEXT", "", ".+"));
        }

        Known flag(String name) {
            return with(new Option(name, "", "", ""));
        }

        private Known with(Option option) {
            options.put(option.name(), option);
            return this;
        }

        /** Ends the process if the words are wrong or ask for help. */
        Arguments parse(String[] words) {
            try {
                Arguments arguments = read(words);
                if (arguments.given("help")) {
                    System.out.println(usage());
                    System.exit(0);
                }
                return arguments;
            } catch (IllegalArgumentException e) {
                System.err.println(e.getMessage() + "; known are " + usage());
                System.exit(2);
                throw e;
            }
        }

        /** @throws IllegalArgumentException saying what is wrong */
        Arguments read(String... words) {
            Map<String, String> given = new HashMap<>();
            for (int i = 0; i < words.length; i++) {
                Option option = words[i].startsWith("--") ? options.get(words[i].substring(2)) : null;
                if (option == null) {
                    throw new IllegalArgumentException("Unknown option " + words[i]);
                }
                String value = "";
                if (!option.placeholder().isEmpty()) {
                    value = ++i < words.length ? words[i] : "";
                    if (!value.matches(option.pattern())) {
                        throw new IllegalArgumentException(
                                "--" + option.name() + " needs " + option.placeholder() + ", not '" + value + "'");
                    }
                }
                given.put(option.name(), value);
            }
            return new Arguments(options, given);
        }

        String usage() {
            return options.values().stream().map(Option::usage).collect(Collectors.joining(", "));
        }
    }

    static Known known() {
        return new Known().flag("json").flag("help");
    }

    /** @param defaults whole numbers, {@code rounds} for {@code --rounds N} */
    static Arguments parse(String[] words, Map<String, Integer> defaults) {
        Known known = known();
        defaults.keySet().stream().sorted().forEach(name -> known.number(name, defaults.getOrDefault(name, 0)));
        return known.parse(words);
    }

    boolean json() {
        return given("json");
    }

    boolean given(String name) {
        return given.containsKey(name);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(given.get(name));
    }

    /** Given or not. */
    int number(String name) {
        return (int) decimal(name);
    }

    double decimal(String name) {
        Option option = known.get(name);
        if (option == null) {
            throw new IllegalStateException("the measurement has no option --" + name);
        }
        return Double.parseDouble(given.getOrDefault(name, option.otherwise()));
    }
}
