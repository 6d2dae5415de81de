package io.darter.appliance.access;

import io.darter.appliance.TestAppliance;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * The operations that an appliance's OpenAPI document names, and how to call each: with a value for each parameter and a
 * body that can be read as the schema wants it, whether or not it makes sense.
 */
final class RestDocument {
    static final String RULE = "x-darter-rule";

    final List<Operation> operations = new ArrayList<>();
    final JsonNode schemas;

    private final TestAppliance appliance;
    private final Map<String, String> parameters;

    /**
     * @param authorization whoever may read the document
     * @param parameters values of what is in braces, by the path up to there
     */
    RestDocument(TestAppliance appliance, String authorization, Map<String, String> parameters) {
        this.appliance = appliance;
        this.parameters = parameters;
        JsonNode document = TestAppliance.JSON.readTree(
                appliance.send("GET", "/api/v1/openapi", "", authorization).body());
        schemas = document.path("components").path("schemas");
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(each -> operations.add(new Operation(
                                each.getKey().toUpperCase(Locale.ROOT), path.getKey(), each.getValue()))));
    }

    record Operation(String method, String path, JsonNode description) {
        String id() {
            return description.path("operationId").asString();
        }

        String rule(String part) {
            return description.path(RULE).path(part).asString();
        }
    }

    /** @param text a value for each field that is a text, by its name */
    HttpResponse<String> call(Operation operation, String authorization, UnaryOperator<String> text) {
        JsonNode schema = operation
                .description()
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema");
        String body = schema.isMissingNode() ? "" : value("", schema, text);
        return appliance.send(operation.method(), path(operation), body, authorization);
    }

    /** With the value of each parameter by the path up to it. */
    String path(Operation operation) {
        StringBuilder path = new StringBuilder();
        StringBuilder template = new StringBuilder();
        for (String part : operation.path().substring(1).split("/")) {
            template.append('/').append(part);
            String value = part.startsWith("{") ? parameters.get(template.toString()) : part;
            if (value == null) {
                throw new AssertionError("say here which " + template + " to try");
            }
            path.append('/').append(value);
        }
        return path.toString();
    }

    /** JSON that can be read as the schema wants it, whether or not it makes sense. */
    private String value(String name, JsonNode schema, UnaryOperator<String> text) {
        String reference = schema.path("$ref").asString("");
        if (!reference.isEmpty()) {
            return value(name, schemas.path(reference.substring(reference.lastIndexOf('/') + 1)), text);
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(0).asString() : type.asString("object")) {
            case "string" -> '"' + (name.equals("cluster") ? "default" : text.apply(name)) + '"';
            case "integer", "number" -> "1";
            case "boolean" -> "true";
            case "array" -> "[]";
            default -> {
                List<String> fields = new ArrayList<>();
                schema.path("properties")
                        .properties()
                        .forEach(field -> fields.add(
                                '"' + field.getKey() + "\":" + value(field.getKey(), field.getValue(), text)));
                yield "{" + String.join(",", fields) + "}";
            }
        };
    }
}
