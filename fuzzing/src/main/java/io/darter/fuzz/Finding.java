package io.darter.fuzz;

import org.jspecify.annotations.Nullable;

/** A decoder did with an input what it must not. */
public final class Finding extends RuntimeException {
    private static final long serialVersionUID = 1;

    Finding(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
