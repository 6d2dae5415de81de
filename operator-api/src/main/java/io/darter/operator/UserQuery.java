package io.darter.operator;

/** @param text part of the name; empty for all */
public record UserQuery(String text, int offset, int limit) {
    public static UserQuery all() {
        return new UserQuery("", 0, 1000);
    }
}
