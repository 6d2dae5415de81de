package io.darter.agent.config;

/** Text that must not be seen: it prints as three stars. */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
