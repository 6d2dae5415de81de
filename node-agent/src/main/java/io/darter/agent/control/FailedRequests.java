package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why the last few answers were cut off. Once bytes are on their way HTTP has no place for words, so the darter command
 * asks for them afterwards.
 */
final class FailedRequests {
    private static final int KEPT_MAX = 64;

    private final LinkedHashMap<String, DarterException> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DarterException> eldest) {
            return size() > KEPT_MAX;
        }
    };

    synchronized void put(String request, DarterException failure) {
        failures.put(request, failure);
    }

    synchronized Optional<DarterException> take(String request) {
        return Optional.ofNullable(failures.remove(request));
    }
}
