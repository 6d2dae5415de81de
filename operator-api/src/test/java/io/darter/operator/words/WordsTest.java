package io.darter.operator.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.darter.operator.Overview;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\d}");

    private final Words en = Words.of(Locale.UK);
    private final Words zh = Words.of(Locale.SIMPLIFIED_CHINESE);

    @Test
    void bothLanguagesHaveTheSameKeys() {
        assertEquals(en.keys(), zh.keys());
    }

    @Test
    void bothLanguagesFillTheSamePlaceholders() {
        for (String key : en.keys()) {
            if (!key.endsWith(".one")) {
                assertEquals(placeholders(en.text(key)), placeholders(zh.text(key)), key);
            }
        }
    }

    @Test
    void noTextIsEmpty() {
        for (Locale language : Words.languages()) {
            Words words = Words.of(language);
            words.keys().forEach(key -> assertFalse(words.text(key).isBlank(), key));
        }
    }

    @Test
    void oneIsSaidDifferentlyFromMany() {
        assertEquals("1 node", en.count("nodes.count", 1));
        assertEquals("12,000 nodes", en.count("nodes.count", 12_000));
        assertEquals("1 个节点", zh.count("nodes.count", 1));
    }

    @Test
    void sizesAreInUnitsOf1024WithOneDecimalBelow100() {
        Figures figures = new Figures(en);
        assertEquals("0 B", figures.bytes(0));
        assertEquals("1,023 B", figures.bytes(1023));
        assertEquals("1.5 KiB", figures.bytes(1536));
        assertEquals("150 MiB", figures.bytes(150L << 20));
        assertEquals("8 EiB", figures.bytes(Long.MAX_VALUE));
    }

    @Test
    void percentReaches100OnlyWhenAllIsThere() {
        Figures figures = new Figures(en);
        assertEquals("99%", figures.percent(9_999, 10_000));
        assertEquals("100%", figures.percent(10_000, 10_000));
        assertEquals("0%", figures.percent(0, 0));
    }

    @Test
    void timePastIsSaidInWords() {
        Figures figures = new Figures(en);
        Instant now = Instant.parse("2026-01-02T00:00:00Z");
        assertEquals("Never", figures.ago(null, now));
        assertEquals("Just now", figures.ago(now.minusSeconds(3), now));
        assertEquals("40 seconds ago", figures.ago(now.minusSeconds(40), now));
        assertEquals("1 minute ago", figures.ago(now.minusSeconds(60), now));
        assertEquals("3 天前", new Figures(zh).ago(now.minusSeconds(3 * 86_400), now));
    }

    @Test
    void theSentenceOfStateExistsInBothLanguages() {
        Overview overview = new Overview("1.0", "", true, 4, 5, 1, 9, 0, 0, 0, 0);
        assertEquals("4 of 5 nodes are online; 1 task is running.", StateWords.sentence(en, overview));
        assertEquals("5 个节点中有 4 个在线，1 个任务正在运行。", StateWords.sentence(zh, overview));
    }

    private static Set<String> placeholders(String text) {
        TreeSet<String> found = new TreeSet<>();
        PLACEHOLDER.matcher(text).results().map(MatchResult::group).forEach(found::add);
        return found;
    }
}
