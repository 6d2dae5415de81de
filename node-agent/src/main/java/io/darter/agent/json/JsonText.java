package io.darter.agent.json;

import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Writes values as JSON. */
final class JsonText {
    private final JsonGenerator out;

    private JsonText(JsonGenerator out) {
        this.out = out;
    }

    static String of(@Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            new JsonText(out).write(value);
        }
        return text.toString();
    }

    private void write(@Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case Optional<?> optional -> write(optional.orElse(null));
            case Boolean truth -> out.writeBoolean(truth);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case Double number -> out.writeNumber(number);
            case Map<?, ?> fields -> {
                out.writeStartObject();
                fields.forEach((name, field) -> field(String.valueOf(name), field));
                out.writeEndObject();
            }
            case Iterable<?> elements -> {
                out.writeStartArray();
                elements.forEach(this::write);
                out.writeEndArray();
            }
            case Record fields -> {
                out.writeStartObject();
                for (RecordComponent component : fields.getClass().getRecordComponents()) {
                    field(component.getName(), read(component, fields));
                }
                out.writeEndObject();
            }
            default -> out.writeString(value.toString());
        }
    }

    private void field(String name, @Nullable Object value) {
        out.writeName(name);
        write(value);
    }

    private static @Nullable Object read(RecordComponent component, Record fields) {
        try {
            component.getAccessor().setAccessible(true); // a record may be private to what writes it
            return component.getAccessor().invoke(fields);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("the record " + fields.getClass() + " cannot be read", e);
        }
    }
}
