package io.darter.demo;

import java.io.IOException;
import java.io.PrintStream;

/** Turns what a command came to into words on standard error and an exit code. */
final class Exit {
    private static final int INTERRUPTED = 130;

    private Exit() {}

    /** The work of a command; answers its exit code. */
    interface Work {
        int run() throws DemoFailure, IOException, InterruptedException;
    }

    static int of(String program, PrintStream err, Cleanup cleanup, Work work) {
        try {
            return work.run();
        } catch (DemoFailure e) {
            return told(program, err, cleanup, e);
        } catch (IOException e) {
            return told(
                    program,
                    err,
                    cleanup,
                    new DemoFailure(
                            DemoFailure.INTERNAL,
                            "INTERNAL",
                            "Working with files and processes of this machine",
                            e.toString(),
                            "Look whether the disk is full and files may be written",
                            e));
        } catch (InterruptedException _) {
            return INTERRUPTED;
        } finally {
            cleanup.close();
        }
    }

    /** After Ctrl-C everything fails at once, because it is being ended: no words for that. */
    private static int told(String program, PrintStream err, Cleanup cleanup, DemoFailure failure) {
        if (cleanup.begun()) {
            return INTERRUPTED;
        }
        err.println(program + ": " + failure.getMessage());
        return failure.exitCode();
    }
}
