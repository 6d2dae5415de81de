package io.darter.operator;

import java.util.List;

/** Part of a list and the length of the whole. */
public record Page<T>(List<T> items, long total) {}
