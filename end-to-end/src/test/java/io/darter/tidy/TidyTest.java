package io.darter.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Reads every source file of the repository and fails on what reviewers should not have to look for. */
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LINE_MAX = 160;
    private static final int FILE_LINES_MAX = 500;
    private static final Pattern UNFINISHED = Pattern.compile("\\b(FIX" + "ME|TO" + "DO|XX" + "X)\\b");

    /** Calls that make a core or an agent untestable; only composition roots and edges may make them. */
    private static final Pattern BANNED =
            Pattern.compile("Instant\\.now\\(\\)|System\\.nanoTime\\(\\)|ThreadLocalRandom|new Thread\\(");

    /** Where real time, randomness and threads enter. */
    private static final List<String> COMPOSITION_ROOTS = List.of(
            "Agent.java",
            "Application.java",
            "Simulate.java",
            "agent/cli/",
            "DesktopApp.java",
            "io/darter/demo/",
            "io/darter/bench/");

    @Test
    void noLineIsLongerThanAScreen() {
        List<String> found = new ArrayList<>();
        forEachLine(".java", (file, number, line) -> {
            if (line.length() > LINE_MAX) {
                found.add(file + ":" + number + " has " + line.length() + " characters");
            }
        });
        assertNone(found);
    }

    @Test
    void noJavaFileIsLongerThanAReaderBears() {
        List<String> found = new ArrayList<>();
        for (Path file : sources(".java")) {
            long lines = lines(file).size();
            if (lines > FILE_LINES_MAX) {
                found.add(name(file) + " has " + lines + " lines");
            }
        }
        assertNone(found);
    }

    @Test
    void nothingIsMarkedAsUnfinished() {
        List<String> found = new ArrayList<>();
        for (String ending : List.of(".java", ".sql", ".proto", ".md", ".yaml", ".properties")) {
            forEachLine(ending, (file, number, line) -> {
                if (UNFINISHED.matcher(line).find()) {
                    found.add(file + ":" + number + " " + line.strip());
                }
            });
        }
        assertNone(found);
    }

    @Test
    void clocksAndThreadsEnterAtCompositionRootsOnly() {
        List<String> found = new ArrayList<>();
        forEachLine(".java", (file, number, line) -> {
            boolean production = file.contains("src/main/java");
            boolean root = COMPOSITION_ROOTS.stream().anyMatch(file::contains);
            if (production && !root && BANNED.matcher(line).find()) {
                found.add(file + ":" + number + " " + line.strip());
            }
        });
        assertNone(found);
    }

    @Test
    void noTestIsSwitchedOff() {
        List<String> found = new ArrayList<>();
        forEachLine(".java", (file, number, line) -> {
            if (line.strip().startsWith("@Dis" + "abled")) {
                found.add(file + ":" + number);
            }
        });
        assertNone(found);
    }

    @Test
    void everyMarkdownPageHasOneTitle() {
        List<String> found = new ArrayList<>();
        for (Path page : sources(".md")) {
            boolean inCode = false;
            int titles = 0;
            for (String line : lines(page)) {
                inCode ^= line.startsWith("```");
                titles += !inCode && line.startsWith("# ") ? 1 : 0;
            }
            if (titles != 1) {
                found.add(name(page) + " has " + titles + " titles");
            }
        }
        assertNone(found);
    }

    @Test
    void englishAndChineseHaveTheSameKeys() throws IOException {
        for (Path chinese : sources("_zh_CN.properties")) {
            Path english =
                    chinese.resolveSibling(chinese.getFileName().toString().replace("_zh_CN", "_en"));
            if (!Files.exists(english)) {
                english =
                        chinese.resolveSibling(chinese.getFileName().toString().replace("_zh_CN", ""));
            }
            assertEquals(keys(english), keys(chinese), name(chinese));
        }
    }

    private static Set<Object> keys(Path bundle) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(bundle)) {
            properties.load(in);
        }
        return new TreeSet<>(properties.keySet());
    }

    private interface LineCheck {
        void look(String file, int number, String line);
    }

    private static void forEachLine(String ending, LineCheck check) {
        for (Path file : sources(ending)) {
            List<String> lines = lines(file);
            for (int i = 0; i < lines.size(); i++) {
                check.look(name(file), i + 1, lines.get(i));
            }
        }
    }

    private static List<Path> sources(String ending) {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending))
                    .filter(file -> !Pattern.compile("/(target|\\.git|\\.dev|node_modules|generated)/")
                            .matcher(file.toString())
                            .find())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static String name(Path file) {
        return ROOT.relativize(file).toString();
    }

    private static void assertNone(List<String> found) {
        assertTrue(found.isEmpty(), () -> String.join("\n", found));
    }
}
