package io.darter.fuzz;

import java.io.File;
import java.util.List;
import java.util.stream.Stream;

/** What Jazzer calls, by these names; the target is named by the property {@code darter.fuzz.target}. */
public final class JazzerEntry {
    /** What Jazzer's hooks may allocate beside the decoder, which they see every comparison of. */
    private static final long HOOKS_BYTES = 24 << 20;

    private static List<Target> targets = List.of();
    private static long refused;
    private static long filesAtFirst;

    private JazzerEntry() {}

    public static void fuzzerInitialize() {
        Target target = Targets.named(System.getProperty("darter.fuzz.target", ""));
        targets = List.of(target);
        target.examples().forEach(example -> Check.run(target, example, HOOKS_BYTES));
        filesAtFirst = temporaryFiles();
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (!Check.run(targets.getFirst(), input, HOOKS_BYTES)) {
            refused++;
        }
    }

    public static void fuzzerTearDown() {
        System.err.println("darter: refused " + refused);
        System.err.println("darter: left files " + Math.max(0, temporaryFiles() - filesAtFirst));
    }

    /** Below the folder that the process has for itself; Jazzer has files of its own there, which come and go. */
    private static long temporaryFiles() {
        File[] ours = new File(System.getProperty("java.io.tmpdir", ""))
                .listFiles((folder, name) -> name.startsWith("darter"));
        return ours == null ? 0 : Stream.of(ours).mapToLong(JazzerEntry::count).sum();
    }

    private static long count(File file) {
        File[] below = file.listFiles();
        return 1
                + (below == null
                        ? 0
                        : Stream.of(below).mapToLong(JazzerEntry::count).sum());
    }
}
