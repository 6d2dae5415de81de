package io.darter.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private final Arguments.Known known =
            Arguments.known().number("minutes", 10).text("target").flag("keep");

    @Test
    void whatIsGivenCountsAndTheRestIsAsItWas() {
        Arguments arguments = known.read("--keep", "--minutes", "0.5", "--json");
        assertEquals(0.5, arguments.decimal("minutes"));
        assertTrue(arguments.given("keep") && arguments.json());
        assertEquals(Optional.empty(), arguments.text("target"));
        assertEquals(10, known.read("--target", "x").number("minutes"));
        assertFalse(known.read().json());
    }

    @Test
    void wrongWordsAreNamed() {
        for (String[] words :
                new String[][] {{"fast"}, {"--fast"}, {"--minutes"}, {"--minutes", "many"}, {"--target", ""}}) {
            String said = assertThrows(IllegalArgumentException.class, () -> known.read(words))
                    .toString();
            assertTrue(said.contains(words[0]), said);
        }
    }

    @Test
    void everyOptionIsInTheHelp() {
        assertTrue(known.read("--help").given("help"));
        assertEquals("--json, --help, --minutes N (10), --target TEXT, --keep", known.usage());
    }
}
