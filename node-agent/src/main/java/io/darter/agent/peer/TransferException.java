package io.darter.agent.peer;

import io.darter.swarm.scheduling.FailureReason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A transfer that did not bring its bytes, with the reason as the scheduler hears it. */
public final class TransferException extends IOException {
    private final FailureReason reason;
    private final int status;

    public TransferException(FailureReason reason, String message, @Nullable Throwable cause) {
        this(reason, message, 0, cause);
    }

    /** @param status HTTP status of the source, 0 if it did not answer */
    public TransferException(FailureReason reason, String message, int status, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.status = status;
    }

    public FailureReason reason() {
        return reason;
    }

    public int status() {
        return status;
    }
}
