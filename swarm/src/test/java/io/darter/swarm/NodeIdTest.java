package io.darter.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "7", "-", "node-17", "abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvwxyz"})
    void oneToSixtyFourLowerCaseLettersDigitsAndHyphensAreAnId(String text) {
        assertEquals(text, new NodeId(text).toString());
    }

    @Test
    void sixtyFourIsTheMost() {
        assertEquals(64, new NodeId("n".repeat(64)).value().length());
        assertThrows(IllegalArgumentException.class, () -> new NodeId("n".repeat(65)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Node", "a b", "a.b", "a/b", "a\n", "ä"})
    void anythingElseIsNot(String text) {
        assertThrows(IllegalArgumentException.class, () -> new NodeId(text));
    }

    @Test
    void idsAreOrderedByTheirText() {
        assertTrue(new NodeId("a").compareTo(new NodeId("b")) < 0);
    }
}
