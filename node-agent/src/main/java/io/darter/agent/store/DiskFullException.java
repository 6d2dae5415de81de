package io.darter.agent.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No space is left on the disk or within the quota, and evicting other contents did not make enough. */
public final class DiskFullException extends IOException {
    public DiskFullException(String message, @Nullable IOException cause) {
        super(message, cause);
    }
}
