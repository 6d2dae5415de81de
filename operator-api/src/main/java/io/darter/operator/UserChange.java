package io.darter.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What shall become different about a user; null leaves a thing as it is. A new password and a disabling end the user's
 * sessions.
 *
 * @param grants replace all that there were
 */
public record UserChange(
        @Nullable List<Grant> grants,
        @Nullable String password,
        @Nullable Boolean disabled) {
    @Override
    public String toString() {
        return "grants " + grants + ", disabled " + disabled + (password == null ? "" : ", another password");
    }
}
