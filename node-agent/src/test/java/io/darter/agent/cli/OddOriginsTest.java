package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Origins that do not say what they will send. */
@Timeout(60)
class OddOriginsTest extends CommandAndAgent {
    @Test
    void aGetOfUnknownLengthIsExplained() throws Exception {
        assertEquals(0, darter("get", url("/chunked"), "-o", file("out")), err::toString);
        assertEquals(0, darter("tasks", "explain", url("/chunked")), err::toString);
        assertTrue(out.toString().contains("The origin does not say how long it is"), out.toString());
        assertTrue(out.toString().contains("6.0 MB came straight from the origin"), out.toString());
        assertEquals(5, darter("get", url("/broken"), "-o", file("out2")));
        assertEquals(0, darter("tasks", "explain", url("/broken")), err::toString);
        assertTrue(out.toString().contains("Failed: "), out.toString());
    }
}
