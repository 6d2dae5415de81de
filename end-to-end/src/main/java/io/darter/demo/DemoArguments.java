package io.darter.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;

/**
 * The command line of the demo.
 *
 * @param content URL or image; empty for a generated image
 * @param nodes 1 to {@link #NODES_MAX}, the seed not counted
 * @param seed of the generated content; empty for a new one
 */
record DemoArguments(
        String content,
        int nodes,
        boolean json,
        boolean keep,
        OptionalLong seed,
        boolean help,
        String serverClassPath,
        String agentClassPath) {
    /** Each node is a process on an address of its own; the seed has 127.0.1.250. */
    static final int NODES_MAX = 200;

    static final String USAGE = """
            Usage: ./dev demo [URL|IMAGE] [--nodes N] [--json] [--keep]
            Starts an appliance, a seed and N nodes on this machine, gives every node the content and checks each byte.
              URL        http://... or https://... : a file
              IMAGE      registry/repository:tag   : an image (registries on loopback by plain http)
              (neither)  a generated image of three layers from a small origin of its own
              --nodes N  how many nodes (1 to 200, default 4)
              --seed S   seed of the generated content (printed by every run)
              --json     print one line of JSON at the end of standard output
              --keep     leave everything running, on the usual ports, until Ctrl-C
            Exit codes: 0 ok, 1 internal, 2 usage, 3 not found, 4 denied, 5 origin, 6 digest mismatch, 7 partial,
            8 timeout, 130 interrupted.
            """;

    static DemoArguments parse(List<String> words) throws DemoFailure {
        var rest = new ArrayDeque<>(words);
        var content = "";
        var nodes = 4;
        var json = false;
        var keep = false;
        var help = false;
        var seed = OptionalLong.empty();
        var server = "";
        var agent = "";
        while (!rest.isEmpty()) {
            var word = rest.removeFirst();
            switch (word) {
                case "--nodes" -> nodes = (int) number(word, rest, 1, NODES_MAX);
                case "--seed" -> seed = OptionalLong.of(number(word, rest, Long.MIN_VALUE, Long.MAX_VALUE));
                case "--json" -> json = true;
                case "--keep" -> keep = true;
                case "--help", "-h" -> help = true;
                case "--server-classpath" -> server = classPath(value(word, rest));
                case "--agent-classpath" -> agent = classPath(value(word, rest));
                default -> {
                    if (word.startsWith("-")) {
                        throw usage("there is no option " + word);
                    }
                    if (!content.isEmpty()) {
                        throw usage("two contents were given, '" + content + "' and '" + word + "'");
                    }
                    content = word;
                }
            }
        }
        return new DemoArguments(content, nodes, json, keep, seed, help, server, agent);
    }

    static DemoFailure usage(String happened) {
        return new DemoFailure(
                DemoFailure.USAGE,
                "USAGE",
                "Reading the command line",
                happened,
                "See ./dev demo --help for what can be given");
    }

    private static String value(String option, ArrayDeque<String> rest) throws DemoFailure {
        var value = rest.pollFirst();
        if (value == null) {
            throw usage(option + " needs a value");
        }
        return value;
    }

    private static long number(String option, ArrayDeque<String> rest, long min, long max) throws DemoFailure {
        var text = value(option, rest);
        try {
            var number = Long.parseLong(text);
            if (number < min || number > max) {
                throw usage(option + " must be from " + min + " to " + max + ", not " + text);
            }
            return number;
        } catch (NumberFormatException _) {
            throw usage(option + " needs a whole number, not '" + text + "'");
        }
    }

    /** Class paths are long: {@code @file} names a file that holds one. */
    static String classPath(String value) throws DemoFailure {
        if (!value.startsWith("@")) {
            return value;
        }
        try {
            return Files.readString(Path.of(value.substring(1))).strip();
        } catch (IOException e) {
            throw usage("the class path file " + value.substring(1) + " cannot be read (" + e.getMessage() + ")");
        }
    }
}
