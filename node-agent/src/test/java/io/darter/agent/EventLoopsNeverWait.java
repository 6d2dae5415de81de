package io.darter.agent;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Fails a class of tests in which an event loop waited for anything but the network. */
public final class EventLoopsNeverWait implements BeforeAllCallback, AfterAllCallback {
    private static final Namespace OURS = Namespace.create(EventLoopsNeverWait.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(OURS).put(EventLoopWatch.class, new EventLoopWatch());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        EventLoopWatch watch = context.getStore(OURS).remove(EventLoopWatch.class, EventLoopWatch.class);
        if (watch == null) {
            return;
        }
        try (watch) {
            List<String> waits = watch.stop();
            if (!waits.isEmpty()) {
                throw new AssertionError(waits.size() + " times an event loop waited:\n"
                        + String.join("\n", waits.stream().distinct().limit(20).toList()));
            }
        }
    }
}
