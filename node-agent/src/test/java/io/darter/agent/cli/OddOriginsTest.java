package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Origins that are away, and those that do not say what they will send. */
@Timeout(60)
class OddOriginsTest extends CommandAndAgent {
    @Test
    void whatIsPublicAndHereIsServedByItsDigestThoughTheOriginIsAway() throws Exception {
        assertEquals(0, darter("get", url("/file"), "-o", file("first"), "--digest", DIGEST), err::toString);
        originGoes();
        // Another URL, so that nothing that was said of the first one can help.
        assertEquals(0, darter("get", url("/mirror"), "-o", file("second"), "--digest", DIGEST), err::toString);
        assertArrayEquals(BYTES, Files.readAllBytes(folder.resolve("second")));
        assertEquals(5, darter("get", url("/mirror"), "-o", file("third")), "only a digest says what is meant");
    }

    @Test
    void whatMayHaveBeenGivenInConfidenceIsNot() throws Exception {
        String confided = url("/file?token=1");
        assertEquals(0, darter("get", confided, "-o", file("first"), "--digest", DIGEST), err::toString);
        originGoes();
        assertEquals(5, darter("get", url("/mirror"), "-o", file("second"), "--digest", DIGEST), err::toString);
        assertFalse(Files.exists(folder.resolve("second")));
    }

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

    private void originGoes() throws Exception {
        parts.removeLast().close();
    }
}
