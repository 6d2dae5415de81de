package io.darter.operator;

import java.util.List;

/**
 * @param name 1 to 64 characters: a-z, 0-9, and inside also . _ @ -
 * @param password at least 10 characters, at most 72 bytes
 * @param grants at most one a cluster; empty: may log in and see nothing
 */
public record NewUser(String name, String password, List<Grant> grants) {
    @Override
    public String toString() {
        return "user " + name;
    }
}
