package io.darter.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class FilteredQueryTest {
    private final FilteredQuery filter = new FilteredQuery(List.of("Session"));

    @Test
    void theWellKnownSignaturesGoAndTheRestStaysInOrder() {
        assertEquals(
                "versionId=7&part=2",
                filter.filter("X-Amz-Algorithm=a&versionId=7&X-Amz-Signature=b&x-amz-date=c&part=2&Expires=9"));
        assertEquals("", filter.filter("q-sign-algorithm=sha1&q-ak=1&q-signature=2"));
        assertEquals("", filter.filter("OSSAccessKeyId=1&Expires=2&Signature=3"));
        assertEquals("generation=1", filter.filter("X-Goog-Signature=1&generation=1"));
    }

    @Test
    void azuresShortNamesGoOnlyTogether() {
        assertEquals("comp=list", filter.filter("sv=2022&st=1&se=2&sr=b&sp=r&sig=x&comp=list"));
        assertEquals("sp=3&st=4", filter.filter("sp=3&st=4"));
    }

    @Test
    void namesOfAPersonAreAdded() {
        assertEquals("a=1", filter.filter("session=42&a=1"));
    }
}
