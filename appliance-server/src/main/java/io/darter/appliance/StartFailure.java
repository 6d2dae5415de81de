package io.darter.appliance;

/** The appliance cannot start, for a reason that an operator can understand and mend; printed without a stack trace. */
public final class StartFailure extends RuntimeException {
    private final int exitCode;

    private StartFailure(String words, int exitCode) {
        super(words);
        this.exitCode = exitCode;
    }

    /** Wrong usage or configuration: exit code 2. */
    public static StartFailure usage(String words) {
        return new StartFailure(words, 2);
    }

    /** Something around the process is in the way: exit code 1. */
    public static StartFailure environment(String words) {
        return new StartFailure(words, 1);
    }

    public int exitCode() {
        return exitCode;
    }
}
