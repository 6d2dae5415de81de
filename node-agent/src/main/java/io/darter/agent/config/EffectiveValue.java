package io.darter.agent.config;

/**
 * One setting as it applies.
 *
 * @param value as text; secrets are three stars
 */
public record EffectiveValue(String key, String value, Origin origin) {
    /** Where a value comes from; a later one wins. */
    public enum Origin {
        DEFAULT,
        FILE,
        ENVIRONMENT;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
