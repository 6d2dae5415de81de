package io.darter.agent.origin;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The connection ended; if it was a kept one, and before the answer began, the origin may have closed it for good reason. */
final class ConnectionBrokeException extends IOException {
    ConnectionBrokeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
