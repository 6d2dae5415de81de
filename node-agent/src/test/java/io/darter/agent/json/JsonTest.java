package io.darter.agent.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {
    private record Inner(String word, Optional<String> perhaps) {}

    private record Outer(
            int count, long bytes, double ratio, boolean good, List<Inner> inners, Map<String, Integer> by) {}

    @Test
    void whatIsThereIsFound() {
        Json json = Json.parse("{\"a\":{\"b\":[1,\"two\",true,null,3.5]},\"long\":9007199254740993}");

        List<Json> elements = json.get("a").get("b").elements();

        assertEquals(5, elements.size());
        assertEquals(Optional.of(1L), elements.get(0).number());
        assertEquals(Optional.of("two"), elements.get(1).text());
        assertTrue(elements.get(2).isTrue());
        assertEquals(Optional.empty(), elements.get(3).text());
        assertEquals(Optional.empty(), elements.get(4).number());
        assertEquals(List.of("1", "two", "true", "3.5"), json.get("a").get("b").texts());
        assertEquals(Optional.of(9007199254740993L), json.get("long").number());
    }

    @Test
    void whatIsNotThereIsAbsentAllTheWay() {
        Json json = Json.parse("{\"a\":null,\"list\":[]}");

        assertEquals(Optional.empty(), json.get("a").get("b").get("c").text());
        assertEquals(List.of(), json.get("x").elements());
        assertTrue(json.get("list").isArray());
        assertFalse(json.get("x").isArray());
        assertFalse(json.get("a").isTrue());
        assertFalse(Json.parse("[{}]").isObject());
    }

    @Test
    void anIntegerThatNoLongHoldsIsNone() {
        assertEquals(
                Optional.empty(),
                Json.parse("{\"size\":99999999999999999999}").get("size").number());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "[1,", "{\"a\"}", "{\"a\":1}}", "{} {}", "nothing", "\"open", "[1 2]", "{\"a\":1,}"
            })
    void whatIsNotOneWholeValueIsRefused(String text) {
        assertThrows(RuntimeException.class, () -> Json.parse(text));
    }

    @Test
    void aDepthThatNobodyNeedsIsRefused() {
        assertThrows(RuntimeException.class, () -> Json.parse("[".repeat(100_000)));
    }

    @Test
    void writesWhatDataBindingReads() {
        Map<String, Integer> by = new LinkedHashMap<>();
        by.put("one", 1);
        List<Inner> inners = List.of(new Inner("say \"ä\"\n\u0001", Optional.of("x")), new Inner("", Optional.empty()));
        Outer outer = new Outer(1, Long.MAX_VALUE, 0.25, true, inners, by);

        JsonNode read = JsonMapper.shared().readTree(Json.write(outer));

        assertEquals(JsonMapper.shared().valueToTree(outer), read);
    }

    @Test
    void whatIsWrittenIsRead() {
        assertEquals(
                Optional.of("a\u2028/\\"),
                Json.parse(Json.write(Map.of("k", "a\u2028/\\"))).get("k").text());
        assertEquals("null", Json.write(null));
    }
}
