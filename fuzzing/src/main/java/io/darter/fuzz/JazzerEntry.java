package io.darter.fuzz;

import java.util.List;

/** What Jazzer calls, by these names; the target is named by the property {@code darter.fuzz.target}. */
public final class JazzerEntry {
    /** What Jazzer's hooks may allocate beside the decoder, which they see every comparison of. */
    private static final long HOOKS_BYTES = 24 << 20;

    private static List<Target> targets = List.of();
    private static long refused;

    private JazzerEntry() {}

    public static void fuzzerInitialize() {
        Target target = Targets.named(System.getProperty("darter.fuzz.target", ""));
        targets = List.of(target);
        target.examples().forEach(example -> Check.run(target, example, HOOKS_BYTES));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (!Check.run(targets.getFirst(), input, HOOKS_BYTES)) {
            refused++;
        }
    }

    public static void fuzzerTearDown() {
        System.err.println("darter: refused " + refused);
    }
}
