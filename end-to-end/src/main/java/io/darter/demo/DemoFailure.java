package io.darter.demo;

import org.jspecify.annotations.Nullable;

/** A failure with the words for it and the exit code that goes with it. */
public final class DemoFailure extends Exception {
    /** Exit codes that people script against. */
    public static final int INTERNAL = 1;

    public static final int USAGE = 2;
    public static final int NOT_FOUND = 3;
    public static final int DENIED = 4;
    public static final int ORIGIN = 5;
    public static final int MISMATCH = 6;
    public static final int PARTIAL = 7;
    public static final int TIMEOUT = 8;

    private final String text;
    private final int exitCode;

    public DemoFailure(int exitCode, String code, String tried, String happened, String advice) {
        this(exitCode, code, tried, happened, advice, null);
    }

    public DemoFailure(
            int exitCode, String code, String tried, String happened, String advice, @Nullable Throwable cause) {
        super(code, cause);
        this.text = sentence(tried) + ": " + sentence(happened) + ". " + sentence(advice) + ". [" + code + "]";
        this.exitCode = exitCode;
    }

    /** What was tried, what happened, what to do, and the code. */
    @Override
    public String getMessage() {
        return text;
    }

    public int exitCode() {
        return exitCode;
    }

    /** Words of others may or may not end with a full stop. */
    private static String sentence(String words) {
        var stripped = words.strip();
        return stripped.endsWith(".") ? stripped.substring(0, stripped.length() - 1) : stripped;
    }
}
