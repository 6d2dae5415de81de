package io.darter.appliance.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Nothing is tried for a while after too many wrong passwords: for one user from one address, from one address for
 * whomever, and for one user from wherever. A user who has logged in from an address within a day is bound there by the
 * first limit alone, so that neither an attacker elsewhere nor a neighbour behind the same proxy locks anybody out.
 *
 * <p>Each replica counts for itself. Memory is bounded: beyond {@link #ENTRIES_MAX} of a kind the one that was touched
 * longest ago is forgotten. Safe for many threads.
 */
@Component
class LoginAttempts {
    static final int ENTRIES_MAX = 10_000;

    private static final Duration KNOWN = Duration.ofDays(1);

    private final InstantSource clock;
    private final Limit both = new Limit(5, Duration.ofMinutes(1));
    private final Limit addresses = new Limit(30, Duration.ofMinutes(5));
    private final Limit users = new Limit(50, Duration.ofMinutes(5));
    private final Map<String, Long> known = new Recent<>();

    LoginAttempts(InstantSource clock) {
        this.clock = clock;
    }

    /** How long nothing is tried yet; zero if a password may be tried. */
    synchronized Duration pause(String user, String address) {
        long nowMillis = clock.millis();
        Duration own = both.pause(key(user, address), nowMillis);
        if (isKnown(user, address, nowMillis)) {
            return own;
        }
        Duration others = longer(addresses.pause(address, nowMillis), users.pause(user, nowMillis));
        return longer(own, others);
    }

    synchronized void failed(String user, String address) {
        long nowMillis = clock.millis();
        both.failed(key(user, address), nowMillis);
        if (!isKnown(user, address, nowMillis)) {
            addresses.failed(address, nowMillis);
            users.failed(user, nowMillis);
        }
    }

    synchronized void succeeded(String user, String address) {
        both.failures.remove(key(user, address));
        known.remove(key(user, address));
        known.put(key(user, address), clock.millis());
    }

    /** Entries of the largest kind. */
    synchronized int size() {
        return Math.max(
                Math.max(both.failures.size(), known.size()),
                Math.max(addresses.failures.size(), users.failures.size()));
    }

    private boolean isKnown(String user, String address, long nowMillis) {
        Long sinceMillis = known.get(key(user, address));
        return sinceMillis != null && nowMillis - sinceMillis < KNOWN.toMillis();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static String key(String user, String address) {
        return address + ' ' + user;
    }

    private record Failures(int count, long lastMillis) {}

    /** So many failures, each within the pause after the one before. */
    private static final class Limit {
        private final int failuresMax;
        private final Duration pause;
        private final Map<String, Failures> failures = new Recent<>();

        Limit(int failuresMax, Duration pause) {
            this.failuresMax = failuresMax;
            this.pause = pause;
        }

        Duration pause(String key, long nowMillis) {
            Failures seen = failures.get(key);
            long leftMillis = seen == null ? 0 : pause.toMillis() - (nowMillis - seen.lastMillis);
            return seen != null && seen.count >= failuresMax && leftMillis > 0
                    ? Duration.ofMillis(Math.min(leftMillis, pause.toMillis()))
                    : Duration.ZERO;
        }

        void failed(String key, long nowMillis) {
            Failures seen = failures.remove(key);
            boolean recent = seen != null && nowMillis - seen.lastMillis < pause.toMillis();
            failures.put(key, new Failures(seen != null && recent ? seen.count + 1 : 1, nowMillis));
        }
    }

    private static final class Recent<T> extends LinkedHashMap<String, T> {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
            return size() > ENTRIES_MAX;
        }
    }
}
