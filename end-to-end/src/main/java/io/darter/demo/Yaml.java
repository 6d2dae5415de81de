package io.darter.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A configuration file under construction. Values are written as JSON, which is YAML too. */
public final class Yaml {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, Object> values = new LinkedHashMap<>();

    /** @param value text, number, boolean, list or map; a key given again replaces the earlier value */
    public Yaml with(String key, Object value) {
        values.put(key, value);
        return this;
    }

    public Yaml withAll(Map<String, ?> more) {
        values.putAll(more);
        return this;
    }

    public Path write(Path file) throws IOException {
        var text = new StringBuilder();
        values.forEach((key, value) -> text.append(key)
                .append(": ")
                .append(JSON.writeValueAsString(value))
                .append('\n'));
        writePrivately(file, text.toString());
        return file;
    }

    /** Readable by its owner only from the first byte on. */
    static void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, List.of(text.stripTrailing()));
    }
}
