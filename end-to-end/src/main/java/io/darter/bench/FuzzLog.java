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
 * @param branchesAtFirst edges that examples and earlier findings reach
 * @param corpus inputs that reach something that no other does
 * @param leftFiles temporary files beyond those that were there after the examples
 */
record FuzzLog(
        long executions,
        long refused,
        long branches,
        long branchesAtFirst,
        long corpus,
        long leftFiles,
        List<Finding> findings) {
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units:\\s+(\\d+)");
    private static final Pattern REFUSED = Pattern.compile("darter: refused (\\d+)");
    private static final Pattern COVERED = Pattern.compile("cov: (\\d+)");
    private static final Pattern CORPUS = Pattern.compile("corp: (\\d+)");
    private static final Pattern LEFT = Pattern.compile("darter: left files (\\d+)");
    private static final Pattern PROGRESS = Pattern.compile("#(\\d+)\\s+\\S+\\s+cov");
    private static final Pattern WRONG = Pattern.compile("== Java Exception: (.*)|ERROR: libFuzzer: (.*)");
    private static final Pattern INPUT = Pattern.compile("Base64: (\\S*)");

    /** @param input base64 */
    record Finding(String what, String input) {}

    static FuzzLog of(Path log) throws IOException {
        long executions = 0;
        long refused = 0;
        long branches = 0;
        long branchesAtFirst = 0;
        long corpus = 0;
        long leftFiles = 0;
        String what = "";
        List<Finding> findings = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(log), StandardCharsets.UTF_8).split("\n", -1)) {
            executions = Math.max(executions, Math.max(number(EXECUTIONS, line), number(PROGRESS, line)));
            refused = Math.max(refused, number(REFUSED, line));
            branches = Math.max(branches, number(COVERED, line));
            branchesAtFirst = line.contains("INITED") ? branches : branchesAtFirst;
            corpus = Math.max(corpus, number(CORPUS, line));
            leftFiles = Math.max(leftFiles, number(LEFT, line));
            Matcher wrong = WRONG.matcher(line);
            if (wrong.find()) {
                what = wrong.group(1) == null ? wrong.group(2) : wrong.group(1);
            }
            Matcher input = INPUT.matcher(line);
            if (input.find()) {
                findings.add(new Finding(what, input.group(1)));
            }
        }
        return new FuzzLog(executions, refused, branches, branchesAtFirst, corpus, leftFiles, findings);
    }

    private static long number(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
