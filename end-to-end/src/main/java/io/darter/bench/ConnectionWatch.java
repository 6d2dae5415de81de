package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How many connections of all kinds a process's port has at most; looks every 50 ms. */
final class ConnectionWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 50;
    /** As the kernel writes it in /proc/net/tcp. */
    private static final String ESTABLISHED = "01";

    private final Path network;
    private final String port;
    private final Thread thread;
    private volatile int peak;

    /** @param pid of a process in the server's network namespace */
    ConnectionWatch(long pid, int port) {
        this.network = Path.of("/proc", Long.toString(pid), "net");
        this.port = String.format(Locale.ROOT, ":%04X", port);
        thread = Thread.ofVirtual().name("connections").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                peak = Math.max(peak, established("tcp") + established("tcp6"));
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (IOException | InterruptedException _) {
            // The process has ended, or nobody watches any more.
        }
    }

    /** Words of a line: number, own address, the other's, state. */
    private int established(String table) throws IOException {
        try (var lines = Files.lines(network.resolve(table))) {
            return Math.toIntExact(lines.map(line -> line.strip().split("\\s+"))
                    .filter(words -> words[1].endsWith(port) && words[3].equals(ESTABLISHED))
                    .count());
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
