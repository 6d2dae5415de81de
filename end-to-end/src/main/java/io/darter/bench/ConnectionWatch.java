package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How many connections of all kinds a process's port has at most; looks every 50 ms. */
final class ConnectionWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 50;
    /** As the kernel writes it in /proc/net/tcp. */
    private static final String ESTABLISHED = "01";

    private final Path network;
    private final String port;
    private final Thread thread;
    private volatile List<String> peak = List.of();

    /** @param pid of a process in the server's network namespace */
    ConnectionWatch(long pid, int port) {
        this.network = Path.of("/proc", Long.toString(pid), "net");
        this.port = String.format(Locale.ROOT, ":%04X", port);
        thread = Thread.ofVirtual().name("connections").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                var now = Stream.concat(established("tcp").stream(), established("tcp6").stream())
                        .sorted()
                        .toList();
                peak = now.size() > peak.size() ? now : peak;
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (IOException | InterruptedException _) {
            // The process has ended, or nobody watches any more.
        }
    }

    /** The others' addresses. Words of a line: number, own address, the other's, state. */
    private List<String> established(String table) throws IOException {
        try (var lines = Files.lines(network.resolve(table))) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(words -> words[1].endsWith(port) && words[3].equals(ESTABLISHED))
                    .map(words -> host(words[2]))
                    .toList();
        }
    }

    int peak() {
        return peak.size();
    }

    /** Who had them when there were most, one address for each connection. */
    List<String> whoAtPeak() {
        return peak;
    }

    /** The kernel writes the last four bytes of an address as one number of the machine's own order, and the port after it. */
    private static String host(String address) {
        var words = address.split(":");
        var number = (int) Long.parseLong(words[0].substring(words[0].length() - 8), 16);
        return (number & 255) + "." + (number >> 8 & 255) + "." + (number >> 16 & 255) + "." + (number >>> 24);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
