package io.darter.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoArgumentsTest {
    @Test
    void fourNodesAndGeneratedContentAreTheDefault() throws DemoFailure {
        var arguments = DemoArguments.parse(List.of());
        assertEquals(4, arguments.nodes());
        assertEquals("", arguments.content());
    }

    @Test
    void everythingElseIsAUsageErrorThatNamesIt() {
        for (var words : List.of(
                List.of("--nodes", "0"),
                List.of("--nodes", "many"),
                List.of("--nodes"),
                List.of("--fast"),
                List.of("one", "two"))) {
            var failure = assertThrows(DemoFailure.class, () -> DemoArguments.parse(words));
            assertEquals(DemoFailure.USAGE, failure.exitCode());
            assertTrue(failure.getMessage().contains(words.getFirst().replace("one", "two")), failure.getMessage());
        }
    }

    @Test
    void anImageAndAUrlAreToldApart() throws DemoFailure {
        assertInstanceOf(DemoContent.File.class, DemoContent.parse("http://127.0.0.1:8000/file.bin"));
        assertEquals(
                new ImageReference("127.0.0.1:5000", "lab/app", "v1"),
                ImageReference.parse("127.0.0.1:5000/lab/app:v1"));
        assertEquals(
                new ImageReference("registry.example", "app", "latest"), ImageReference.parse("registry.example/app"));
        assertThrows(DemoFailure.class, () -> DemoContent.parse("app"));
        assertThrows(DemoFailure.class, () -> DemoContent.parse("http://"));
    }

    @Test
    void rangesOfHttpAreUnderstood() {
        assertEquals(new ByteRange.Part(10, 90), ByteRange.parse("bytes=10-", 100));
        assertEquals(new ByteRange.Part(90, 10), ByteRange.parse("bytes=-10", 100));
        assertEquals(new ByteRange.Part(0, 100), ByteRange.parse("bytes=0-999", 100));
        assertEquals(new ByteRange.Outside(), ByteRange.parse("bytes=100-", 100));
        assertEquals(new ByteRange.Whole(), ByteRange.parse("bytes=0-1,5-6", 100));
    }
}
