package io.darter.agent.origin;

import java.io.IOException;

/** Who answers does not speak HTTP/1; asking again would not change that. */
final class NotHttpException extends IOException {
    NotHttpException(String message, Throwable cause) {
        super(message, cause);
    }

    NotHttpException(String message) {
        super(message);
    }
}
