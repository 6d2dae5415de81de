package io.darter.operator;

/**
 * What a node let go of.
 *
 * @param held whether it had any of it
 * @param bytes verified ones that it had
 */
public record EvictedContent(String key, boolean held, long bytes) {}
