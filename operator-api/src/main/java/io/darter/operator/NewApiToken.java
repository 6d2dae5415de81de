package io.darter.operator;

import java.util.List;

/**
 * @param name what it is for: 1 to 100 characters
 * @param grants in no cluster more than the maker has
 * @param validSeconds 60 to 366 days
 */
public record NewApiToken(String name, List<Grant> grants, long validSeconds) {}
