package io.darter.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one run of Jazzer printed.
 *
 * @param branches edges of our code that some input reached
 */
record FuzzLog(long executions, long refused, long branches, List<Finding> findings) {
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units:\\s+(\\d+)");
    private static final Pattern REFUSED = Pattern.compile("darter: refused (\\d+)");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");
    private static final Pattern PROGRESS = Pattern.compile("#(\\d+)\\s+\\S+\\s+cov");
    private static final Pattern WRONG = Pattern.compile("== Java Exception: (.*)|ERROR: libFuzzer: (.*)");
    private static final Pattern INPUT = Pattern.compile("Base64: (\\S*)");

    /** @param input base64 */
    record Finding(String what, String input) {}

    static FuzzLog of(Path log) throws IOException {
        long executions = 0;
        long refused = 0;
        long branches = 0;
        String what = "";
        List<Finding> findings = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(log), StandardCharsets.UTF_8).split("\n", -1)) {
            executions = Math.max(executions, Math.max(number(EXECUTIONS, line), number(PROGRESS, line)));
            refused = Math.max(refused, number(REFUSED, line));
            branches = Math.max(branches, number(COVERED, line));
            Matcher wrong = WRONG.matcher(line);
            if (wrong.find()) {
                what = wrong.group(1) == null ? wrong.group(2) : wrong.group(1);
            }
            Matcher input = INPUT.matcher(line);
            if (input.find()) {
                findings.add(new Finding(what, input.group(1)));
            }
        }
        return new FuzzLog(executions, refused, branches, findings);
    }

    private static long number(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
