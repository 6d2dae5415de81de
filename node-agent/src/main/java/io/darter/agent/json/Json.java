package io.darter.agent.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON value that was read. Asking for what is not there answers nothing or the value's absence, so that what a stranger wrote
 * can be looked through without a check at each step. Immutable.
 */
public final class Json {
    /** Bounds the depth (500), and the length of names and numbers. */
    static final JsonFactory FACTORY = new JsonFactory();

    private static final Json ABSENT = new Json(null);

    /** A map, a list, a string, a number, a boolean, or null for JSON's null and for what is not there. */
    private final @Nullable Object value;

    private Json(@Nullable Object value) {
        this.value = value;
    }

    /** @throws RuntimeException if this is not one whole JSON value */
    public static Json parse(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            Json whole = new Json(value(parser));
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "more follows after the value");
            }
            return whole;
        }
    }

    /**
     * Maps, iterables, records (their components in order), optionals, strings, numbers, booleans, null; of anything else its
     * text.
     */
    public static String write(@Nullable Object value) {
        return JsonText.of(value);
    }

    private static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new StreamReadException(parser, "there is nothing");
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new StreamReadException(parser, "no value begins with " + token);
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
    }

    private static List<@Nullable Object> array(JsonParser parser) {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    /** The field of an object. */
    public Json get(String name) {
        return value instanceof Map<?, ?> fields && fields.get(name) != null ? new Json(fields.get(name)) : ABSENT;
    }

    public boolean isObject() {
        return value instanceof Map;
    }

    public boolean isArray() {
        return value instanceof List;
    }

    /** Of an array; none of anything else. */
    public List<Json> elements() {
        return value instanceof List<?> elements
                ? elements.stream().map(Json::new).toList()
                : List.of();
    }

    /** A string as it is, a number or boolean in its usual form; empty for anything else. */
    public Optional<String> text() {
        boolean scalar = value instanceof String || value instanceof Number || value instanceof Boolean;
        return scalar ? Optional.of(String.valueOf(value)) : Optional.empty();
    }

    /** The texts of an array's elements; elements without one are left out. */
    public List<String> texts() {
        return elements().stream().flatMap(element -> element.text().stream()).toList();
    }

    /** A whole number that a long can hold; empty for anything else. */
    public Optional<Long> number() {
        return value instanceof Integer || value instanceof Long
                ? Optional.of(((Number) value).longValue())
                : Optional.empty();
    }

    public boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }
}
