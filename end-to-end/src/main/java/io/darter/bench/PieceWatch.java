package io.darter.bench;

import io.darter.demo.AgentProcess;
import io.darter.demo.HttpDoor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** When an agent verified pieces: its counters, read every few milliseconds. */
final class PieceWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 15;
    private static final Pattern PIECES = Pattern.compile("(?m)^darter_pieces_total\\{[^}]*} (\\d+)$");

    private final String url;
    private final HttpDoor door = HttpDoor.direct();
    private final List<Seen> seen = new ArrayList<>();
    private final Thread thread;

    /** @param pieces verified since the agent's start */
    record Seen(long atMillis, long pieces) {}

    PieceWatch(AgentProcess agent) {
        url = agent.healthUrl() + "/metrics";
        thread = Thread.ofVirtual().name("watch").start(this::watch);
    }

    private void watch() {
        long last = -1;
        try {
            while (true) {
                long pieces = pieces();
                if (pieces != last) {
                    last = pieces;
                    synchronized (seen) {
                        seen.add(new Seen(System.currentTimeMillis(), pieces));
                    }
                }
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (IOException | InterruptedException e) {
            // Nobody watches any more.
        }
    }

    private long pieces() throws IOException, InterruptedException {
        Matcher matcher = PIECES.matcher(door.send("GET", url, null, null).body());
        long pieces = 0;
        while (matcher.find()) {
            pieces += Long.parseLong(matcher.group(1));
        }
        return pieces;
    }

    /** When the last piece so far was verified. */
    long lastMillis() {
        synchronized (seen) {
            return seen.isEmpty() ? 0 : seen.getLast().atMillis();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
