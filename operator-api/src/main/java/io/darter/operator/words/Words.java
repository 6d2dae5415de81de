package io.darter.operator.words;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The texts of one language by key. {@code {0}}, {@code {1}}… are replaced as they stand: no quoting rules, so an
 * apostrophe in a translation is only an apostrophe. Numbers are formatted by {@link Figures} before they come here.
 * Immutable.
 */
public final class Words {
    public static final Locale ENGLISH = Locale.ENGLISH;
    public static final Locale CHINESE = Locale.SIMPLIFIED_CHINESE;

    private static final Words EN = new Words(ENGLISH, "words_en.properties");
    private static final Words ZH = new Words(CHINESE, "words_zh_CN.properties");

    private final Locale locale;
    private final Properties texts;

    private Words(Locale locale, String resource) {
        this.locale = locale;
        this.texts = load(resource);
    }

    /** The languages there are, the default first. */
    public static List<Locale> languages() {
        return List.of(ENGLISH, CHINESE);
    }

    /** Every kind of Chinese gets the Chinese words, everybody else the English ones. */
    public static Words of(@Nullable Locale locale) {
        return locale != null && "zh".equals(locale.getLanguage()) ? ZH : EN;
    }

    public Locale locale() {
        return locale;
    }

    /** The key itself where there is no text: visible, yet never a failure of the page. */
    public String text(String key, Object... arguments) {
        String text = texts.getProperty(key, key);
        for (int index = 0; index < arguments.length; index++) {
            text = text.replace("{" + index + "}", String.valueOf(arguments[index]));
        }
        return text;
    }

    /** A text that counts: {@code key.one} for exactly one, else {@code key.many} with the number as {@code {0}}. */
    public String count(String key, long number) {
        return text(key + (number == 1 ? ".one" : ".many"), new Figures(this).number(number));
    }

    public boolean has(String key) {
        return texts.containsKey(key);
    }

    public Set<String> keys() {
        return new TreeSet<>(texts.stringPropertyNames());
    }

    private static Properties load(String resource) {
        Properties texts = new Properties();
        try (InputStream in = Words.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing from the program: " + resource);
            }
            texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
