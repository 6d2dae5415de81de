package io.darter.agent.store;

import java.io.IOException;

/** No space is left on the disk, and evicting other contents did not make enough. */
public final class DiskFullException extends IOException {
    public DiskFullException(String message, IOException cause) {
        super(message, cause);
    }
}
