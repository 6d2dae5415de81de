package io.darter.bench;

import java.io.IOException;

/** How many connections of all kinds a host's port has at most; looks every 50 ms. */
final class ConnectionWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 50;

    private final String command;
    private final Thread thread;
    private volatile int peak;

    ConnectionWatch(ShapedNetwork.Host host, int port) {
        command = String.join(" ", host.prefix()) + " ss -Htn state established sport = :" + port + " | wc -l";
        thread = Thread.ofVirtual().name("connections").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                peak = Math.max(peak, Integer.parseInt(Command.run(command).output()));
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (IOException | InterruptedException _) {
            // Nobody watches any more.
        }
    }

    int peak() {
        return peak;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
