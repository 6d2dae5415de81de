package io.darter.operator;

import java.util.List;

/**
 * Who asks.
 *
 * @param token id of the API token that was used; empty for a login by password
 * @param grants what this login may now: with a token, what both the token and its maker may
 */
public record Me(String name, String token, List<Grant> grants) {}
