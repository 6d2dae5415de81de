package io.darter.agent.config;

import io.darter.agent.config.EffectiveValue.Origin;
import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads agent.yaml and the DARTER_ variables; the environment wins over the file, the file over the defaults. */
public final class AgentConfigLoader {
    private static final String TRIED = "Reading the configuration";

    private AgentConfigLoader() {}

    /**
     * @param file agent.yaml; empty = defaults and environment only
     * @param environment of the process
     * @throws DarterException CONFIG_UNKNOWN_KEY or CONFIG_INVALID
     */
    public static AgentConfig load(Optional<Path> file, Map<String, String> environment) throws DarterException {
        Map<String, Object> given = new HashMap<>();
        Map<String, Origin> origins = new HashMap<>();
        if (file.isPresent()) {
            flatten("", parseFile(file.get()), given);
            for (String key : given.keySet()) {
                refuseUnknown(key, Keys.DEFAULTS.keySet());
                origins.put(key, Origin.FILE);
            }
        }
        Variables.refuseUnknown(environment);
        for (String key : Keys.DEFAULTS.keySet()) {
            String value = environment.get(Keys.variable(key));
            if (value != null) {
                given.put(
                        key,
                        key.equals(Keys.REGISTRIES) || key.equals(Keys.LIMITS)
                                ? parse(value, Keys.variable(key))
                                : value);
                origins.put(key, Origin.ENVIRONMENT);
            }
        }
        return new AgentConfigReader(given, origins).read();
    }

    static void refuseUnknown(String key, java.util.Collection<String> known) throws DarterException {
        if (!known.contains(key)) {
            throw new DarterException(
                    ErrorCode.CONFIG_UNKNOWN_KEY,
                    TRIED,
                    "there is no setting \"" + key + "\"",
                    "The nearest known name is \"" + Keys.nearest(key, known) + "\"; correct or remove it.");
        }
    }

    static DarterException invalid(String key, String value, String allowed) {
        return new DarterException(
                ErrorCode.CONFIG_INVALID, TRIED, "\"" + key + "\" is \"" + value + "\"", "Allowed is " + allowed + ".");
    }

    private static Map<?, ?> parseFile(Path file) throws DarterException {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading " + file,
                    "it cannot be read (" + e + ")",
                    "Give a readable file with --config.",
                    e);
        }
        Object root = parse(text, file.toString());
        if (root == null) {
            return Map.of();
        }
        if (root instanceof Map<?, ?> map) {
            return map;
        }
        throw invalid(file.toString(), "not a list of settings", "YAML of the form key: value");
    }

    private static @Nullable Object parse(String text, String where) throws DarterException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(10);
        try {
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (YAMLException | IllegalArgumentException e) {
            // IllegalArgumentException is its word for a tag that cannot be. Messages quote the line, which may hold
            // the join token:
            // say only where it is.
            String place =
                    e instanceof org.yaml.snakeyaml.error.MarkedYAMLException marked && marked.getProblemMark() != null
                            ? "line " + (marked.getProblemMark().getLine() + 1)
                            : "it";
            throw new DarterException(
                    ErrorCode.CONFIG_INVALID,
                    "Reading " + where,
                    place + " is not YAML, or a key is there twice",
                    "Correct the file; each key may be given once.");
        }
    }

    /** Nested and dotted keys are the same: {@code peer: {port: 1}} and {@code peer.port: 1}. */
    private static void flatten(String prefix, Map<?, ?> map, Map<String, Object> into) throws DarterException {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = prefix + entry.getKey();
            Object value = entry.getValue();
            if (value instanceof Map<?, ?> nested) {
                if (Keys.DEFAULTS.containsKey(key)) {
                    throw invalid(key, "a map", "a single value");
                }
                if (Keys.DEFAULTS.keySet().stream().noneMatch(known -> known.startsWith(key + "."))) {
                    refuseUnknown(key, Keys.DEFAULTS.keySet()); // a map that holds itself would have no end
                }
                flatten(key + ".", nested, into);
            } else if (value == null) {
                refuseUnknown(key, Keys.DEFAULTS.keySet());
            } else if (into.put(key, value) != null) {
                throw invalid(key, String.valueOf(List.of("nested", "dotted")), "one of the two forms, once");
            }
        }
    }
}
