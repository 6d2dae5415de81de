package io.darter.appliance.join;

import io.darter.appliance.operator.Problems;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Refuses an address that failed to join too often; who succeeds is limited by the token's uses already. */
@Component
class JoinLimits {
    private static final int FAILURES_MAX = 20;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES_MAX = 10_000;

    private final InstantSource clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > ADDRESSES_MAX;
        }
    };

    private record Failures(long sinceMillis, int count) {}

    JoinLimits(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void check(String address) {
        Failures seen = failures.get(address);
        boolean inWindow = seen != null && clock.millis() - seen.sinceMillis() < WINDOW.toMillis();
        if (seen != null && inWindow && seen.count() >= FAILURES_MAX) {
            throw Problems.exception(
                    "JOIN_RATE_LIMITED",
                    429,
                    "Joining a cluster",
                    "too many failed attempts from " + address,
                    "Wait a minute and check the join token");
        }
    }

    synchronized void failed(String address) {
        Failures seen = failures.get(address);
        boolean inWindow = seen != null && clock.millis() - seen.sinceMillis() < WINDOW.toMillis();
        failures.put(
                address,
                seen != null && inWindow
                        ? new Failures(seen.sinceMillis(), seen.count() + 1)
                        : new Failures(clock.millis(), 1));
    }
}
