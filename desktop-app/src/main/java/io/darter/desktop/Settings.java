package io.darter.desktop;

import io.darter.operator.words.Words;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;

/**
 * What the program remembers between starts: language, scheme, and the last appliance with its CA fingerprint. Never a
 * password. A file that cannot be read or written costs the memory, not the start.
 */
public final class Settings {
    private static final System.Logger log = System.getLogger(Settings.class.getName());

    private final Path file;
    private final Properties values = new Properties();

    public Settings(Path file) {
        this.file = file;
    }

    public void load() {
        if (!Files.exists(file)) {
            return;
        }
        try (Reader in = Files.newBufferedReader(file)) {
            values.load(in);
        } catch (IOException | IllegalArgumentException e) {
            log.log(System.Logger.Level.WARNING, "settings could not be read: " + file, e);
        }
    }

    public String get(String key) {
        return values.getProperty(key, "");
    }

    public void put(String key, String value) {
        if (value.equals(values.put(key, value))) {
            return;
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (Writer out = Files.newBufferedWriter(file)) {
                values.store(out, null);
            }
        } catch (IOException e) {
            log.log(System.Logger.Level.WARNING, "settings could not be saved: " + file, e);
        }
    }

    public Locale language() {
        String chosen = get("language");
        return Words.of(chosen.isEmpty() ? Locale.getDefault() : Locale.forLanguageTag(chosen))
                .locale();
    }

    public Look.Scheme scheme() {
        return switch (get("scheme")) {
            case "LIGHT" -> Look.Scheme.LIGHT;
            case "DARK" -> Look.Scheme.DARK;
            default -> Look.Scheme.SYSTEM;
        };
    }
}
