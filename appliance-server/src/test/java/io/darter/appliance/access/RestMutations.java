package io.darter.appliance.access;

import io.darter.appliance.access.RawHttp.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/** Requests that an OpenAPI document does not foresee, made from what it does foresee: one thing is odd at a time, or two. */
final class RestMutations {
    private final RestDocument document;
    private final Map<String, String> known;
    private final String authorization;
    private final RandomGenerator random;

    /** @param known values of fields that lead further than any, by name */
    RestMutations(RestDocument document, Map<String, String> known, String authorization, RandomGenerator random) {
        this.document = document;
        this.known = known;
        this.authorization = authorization;
        this.random = random;
    }

    /** A body for each odd value at each place in each body that the document describes. */
    List<Request> everyValueEverywhere() {
        List<Request> all = new ArrayList<>();
        for (RestDocument.Operation operation : document.operations) {
            int places = places(operation);
            for (int place = 0; place < places; place++) {
                for (String value : OddValues.VALUES) {
                    all.add(request(operation, document.path(operation), body(operation, place, value)));
                }
            }
        }
        return all;
    }

    /** Something else of an operation's request, or another body and something else. */
    Request next() {
        RestDocument.Operation operation = any(document.operations);
        int places = places(operation);
        String body = places == 0
                ? ""
                : body(operation, random.nextInt(3) > 0 ? -1 : random.nextInt(places), any(OddValues.VALUES));
        Request request = request(operation, document.path(operation), body);
        for (int odd = random.nextInt(4) == 0 ? 2 : 1; odd > 0; odd--) {
            request = odd(operation, request);
        }
        return request;
    }

    private Request odd(RestDocument.Operation operation, Request request) {
        return switch (random.nextInt(7)) {
            case 0 -> request.with("Content-Type", any(OddValues.TYPES));
            case 1 -> request.with("Accept", any(OddValues.ACCEPTS));
            case 2 -> {
                Map.Entry<String, String> header = any(OddValues.HEADERS);
                yield request.with(header.getKey(), header.getValue());
            }
            case 3 ->
                new Request(
                        any(OddValues.METHODS), request.target(), request.headers(), request.body(), request.fresh());
            case 4 -> {
                String[] parts = operation.path().substring(1).split("/");
                int at = random.nextInt(parts.length);
                StringBuilder path = new StringBuilder();
                for (int i = 0; i < parts.length; i++) {
                    path.append('/').append(i == at || parts[i].startsWith("{") ? any(OddValues.PIECES) : parts[i]);
                }
                yield new Request(
                        request.method(), path.toString(), request.headers(), request.body(), request.fresh());
            }
            default ->
                new Request(
                        request.method(),
                        request.target() + query(operation),
                        request.headers(),
                        request.body(),
                        request.fresh());
        };
    }

    private String query(RestDocument.Operation operation) {
        List<String> names = new ArrayList<>(List.of("x", "%zz", "a[b]", ""));
        for (JsonNode parameter : operation.description().path("parameters")) {
            if (parameter.path("in").asString().equals("query")) {
                for (int often = 0; often < 4; often++) {
                    names.add(parameter.path("name").asString());
                }
            }
        }
        StringBuilder query = new StringBuilder("?");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            query.append(any(names))
                    .append('=')
                    .append(random.nextInt(3) == 0 ? any(OddValues.PIECES) : any(OddValues.QUERY_VALUES))
                    .append('&');
        }
        return query.toString();
    }

    private Request request(RestDocument.Operation operation, String path, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!body.isEmpty()) {
            headers.put("Content-Type", "application/json");
        }
        boolean open = operation.rule("need").equals("public");
        if (!open) {
            headers.put("Authorization", authorization);
        }
        return new Request(operation.method(), path, headers, body, open);
    }

    private int places(RestDocument.Operation operation) {
        JsonNode schema = schema(operation);
        int[] left = {Integer.MAX_VALUE};
        if (!schema.isMissingNode()) {
            value("", schema, left, "");
        }
        return Integer.MAX_VALUE - left[0];
    }

    private String body(RestDocument.Operation operation, int place, String value) {
        return value("", schema(operation), new int[] {place < 0 ? Integer.MAX_VALUE : place}, value);
    }

    private static JsonNode schema(RestDocument.Operation operation) {
        return operation
                .description()
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema");
    }

    private String value(String name, JsonNode schema, int[] left, String odd) {
        String reference = schema.path("$ref").asString("");
        if (!reference.isEmpty()) {
            return value(name, document.schemas.path(reference.substring(reference.lastIndexOf('/') + 1)), left, odd);
        }
        if (left[0]-- == 0) {
            return odd;
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(0).asString() : type.asString("object")) {
            case "string" -> '"' + known.getOrDefault(name, "x") + '"';
            case "integer", "number" -> "600";
            case "boolean" -> "false";
            case "array" ->
                "["
                        + value("", schema.path("items"), left, odd)
                                .replace(OddValues.MISSING, "")
                                .replace(OddValues.TWICE, "1,1")
                        + "]";
            default -> fields(schema, left, odd);
        };
    }

    private String fields(JsonNode schema, int[] left, String odd) {
        List<String> fields = new ArrayList<>();
        schema.path("properties").properties().forEach(field -> {
            String value = value(field.getKey(), field.getValue(), left, odd);
            String key = '"' + field.getKey() + "\":";
            if (value.equals(OddValues.TWICE)) {
                fields.add(key + "\"x\"");
                fields.add(key + "1");
            } else if (!value.equals(OddValues.MISSING)) {
                fields.add(key + value);
            }
        });
        return "{" + String.join(",", fields) + "}";
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
