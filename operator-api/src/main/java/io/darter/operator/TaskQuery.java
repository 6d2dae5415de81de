package io.darter.operator;

/**
 * @param text matches name or id; empty for all
 * @param state {@code running}, {@code done}, {@code failed} or empty for all
 */
public record TaskQuery(String text, String state, int offset, int limit) {
    public static TaskQuery all() {
        return new TaskQuery("", "", 0, 1000);
    }
}
