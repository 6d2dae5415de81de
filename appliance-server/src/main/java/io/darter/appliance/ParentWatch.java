package io.darter.appliance;

import java.io.IOException;

/** Ends the process gracefully when its standard input ends: whoever started it is gone. */
final class ParentWatch {
    private ParentWatch() {}

    static void start() {
        Thread.ofPlatform().name("parent-watch").daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // whatever is sent has no meaning
                }
            } catch (IOException e) {
                // as good as its end
            }
            System.exit(0);
        });
    }
}
