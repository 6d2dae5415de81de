package io.darter.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * {@code list}: the targets. {@code words NAME FILE}: its words, as libFuzzer reads them. {@code examples NAME FOLDER}: its
 * examples, a file each. {@code run NAME BASE64}: one input again, and the shortest found that does the same wrong.
 */
public final class Replay {
    private Replay() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "list" -> Targets.found().forEach(target -> System.out.println(target.name()));
            case "words" -> words(Targets.named(arguments[1]), Path.of(arguments[2]));
            case "examples" -> examples(Targets.named(arguments[1]), Path.of(arguments[2]));
            default ->
                System.exit(run(Targets.named(arguments[1]), Base64.getDecoder().decode(arguments[2])));
        }
        System.exit(0); // a decoder may have left threads
    }

    private static void words(Target target, Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String word : target.words()) {
            text.append('"');
            for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
                boolean plain = b > ' ' && b < 127 && b != '"' && b != '\\';
                text.append(plain ? String.valueOf((char) b) : String.format("\\x%02x", b));
            }
            text.append("\"\n");
        }
        Files.writeString(file, text);
    }

    private static void examples(Target target, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < target.examples().size(); i++) {
            Files.write(folder.resolve("example-" + i), target.examples().get(i));
        }
    }

    private static int run(Target target, byte[] input) {
        Finding finding = finding(target, input);
        if (finding == null) {
            System.out.println("nothing wrong");
            return 0;
        }
        byte[] shortest = shortest(target, input, kind(finding));
        System.out.println(Base64.getEncoder().encodeToString(shortest));
        finding.printStackTrace();
        return 1;
    }

    /** Leaves out ever smaller parts for as long as the same goes wrong. */
    private static byte[] shortest(Target target, byte[] input, String kind) {
        byte[] shortest = input;
        for (int part = Math.max(1, input.length / 2); part > 0; part /= 2) {
            for (int from = 0; from + part <= shortest.length; ) {
                byte[] shorter = Arrays.copyOf(shortest, shortest.length - part);
                System.arraycopy(shortest, from + part, shorter, from, shorter.length - from);
                Finding finding = finding(target, shorter);
                if (finding != null && kind(finding).equals(kind)) {
                    shortest = shorter;
                } else {
                    from += part;
                }
            }
        }
        return shortest;
    }

    private static String kind(Finding finding) {
        return finding.getCause() == null ? "" : finding.getCause().getClass().getName();
    }

    private static @org.jspecify.annotations.Nullable Finding finding(Target target, byte[] input) {
        try {
            Check.run(target, input);
            return null;
        } catch (Finding finding) {
            return finding;
        }
    }
}
