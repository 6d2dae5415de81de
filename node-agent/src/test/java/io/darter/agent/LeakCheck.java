package io.darter.agent;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a class of tests that lost a buffer. Found by JUnit itself, for every class. */
public final class LeakCheck implements AfterAllCallback {
    static {
        Leaks.watch();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        List<String> found = Leaks.found();
        if (!found.isEmpty()) {
            throw new AssertionError(found.size() + " leaks: " + String.join("\n", found));
        }
    }
}
