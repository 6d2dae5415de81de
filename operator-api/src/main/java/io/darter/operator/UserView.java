package io.darter.operator;

import java.time.Instant;
import java.util.List;

/** A person who may log in. */
public record UserView(String name, List<Grant> grants, boolean disabled, Instant createdAt) {}
