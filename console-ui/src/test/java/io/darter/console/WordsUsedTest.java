package io.darter.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.darter.operator.words.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordsUsedTest {
    private static final Pattern KEY =
            Pattern.compile("(text|count|fact|number)\\(\\s*\"([a-zA-Z]+\\.[a-zA-Z.]*[a-zA-Z])\"");

    @Test
    void everyKeyTheViewsUseHasWords() throws IOException {
        Words words = Words.of(Words.ENGLISH);
        TreeSet<String> missing = new TreeSet<>();
        int used = 0;
        for (Path source : sources()) {
            for (var match : KEY.matcher(Files.readString(source)).results().toList()) {
                used++;
                String key = match.group(2);
                if (!words.has(key) && !words.has(key + ".many")) {
                    missing.add(key);
                }
            }
        }
        assertEquals(new TreeSet<>(), missing);
        assertEquals(true, used > 60, "keys found: " + used);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
