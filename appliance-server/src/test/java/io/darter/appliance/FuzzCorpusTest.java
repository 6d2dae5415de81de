package io.darter.appliance;

import io.darter.fuzz.Check;
import io.darter.fuzz.Corpus;
import io.darter.fuzz.Targets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What {@code ./dev bench fuzz} found worth keeping, once more. */
class FuzzCorpusTest {
    private static final Path KEPT = Path.of("src/test/resources/fuzz");
    private static final Duration NEVER = Duration.ofSeconds(60);

    @TestFactory
    Stream<DynamicTest> everyDecoderTakesOrRefusesWhatItWasGivenBefore() {
        return Targets.found().stream()
                .map(target -> DynamicTest.dynamicTest(
                        target.name(),
                        () -> Assertions.assertTimeoutPreemptively(
                                NEVER, () -> Corpus.of(target, KEPT).forEach(input -> Check.run(target, input)))));
    }
}
