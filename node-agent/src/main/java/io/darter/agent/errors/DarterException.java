package io.darter.agent.errors;

import org.jspecify.annotations.Nullable;

/** A failure with the words for it. Thrown at edges, caught once, where a person or a client is answered. */
public final class DarterException extends Exception {
    private final ErrorCode code;
    private final String tried;
    private final String happened;
    private final String advice;
    private final int originStatus;

    public DarterException(ErrorCode code, String tried, String happened, String advice) {
        this(code, tried, happened, advice, 0, null);
    }

    public DarterException(ErrorCode code, String tried, String happened, String advice, @Nullable Throwable cause) {
        this(code, tried, happened, advice, 0, cause);
    }

    /** @param originStatus the HTTP status that the origin answered, 0 if it did not answer */
    public DarterException(
            ErrorCode code, String tried, String happened, String advice, int originStatus, @Nullable Throwable cause) {
        super(tried + ": " + happened + ". " + advice + " (" + code + ")", cause);
        this.code = code;
        this.tried = tried;
        this.happened = happened;
        this.advice = advice;
        this.originStatus = originStatus;
    }

    public ErrorCode code() {
        return code;
    }

    public String tried() {
        return tried;
    }

    public String happened() {
        return happened;
    }

    public String advice() {
        return advice;
    }

    public int originStatus() {
        return originStatus;
    }
}
