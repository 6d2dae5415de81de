package io.darter.appliance.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** After five wrong passwords in a row for a user from one address, nothing is tried for a minute. */
@Component
class LoginAttempts {
    private static final int FAILURES_MAX = 5;
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final int ENTRIES_MAX = 10_000;

    private final InstantSource clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > ENTRIES_MAX;
        }
    };

    private record Failures(int count, long lastMillis) {}

    LoginAttempts(InstantSource clock) {
        this.clock = clock;
    }

    synchronized boolean isPaused(String user, String address) {
        Failures seen = failures.get(key(user, address));
        return seen != null && seen.count >= FAILURES_MAX && clock.millis() - seen.lastMillis < PAUSE.toMillis();
    }

    synchronized void failed(String user, String address) {
        Failures seen = failures.remove(key(user, address));
        boolean recent = seen != null && clock.millis() - seen.lastMillis < PAUSE.toMillis();
        failures.put(key(user, address), new Failures(seen != null && recent ? seen.count + 1 : 1, clock.millis()));
    }

    synchronized void succeeded(String user, String address) {
        failures.remove(key(user, address));
    }

    private static String key(String user, String address) {
        return address + ' ' + user;
    }
}
