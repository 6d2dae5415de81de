package io.darter.operator;

/** @param text matches name, address, zone or rack; empty for all */
public record NodeQuery(String text, int offset, int limit) {
    public static NodeQuery all() {
        return new NodeQuery("", 0, 1000);
    }
}
