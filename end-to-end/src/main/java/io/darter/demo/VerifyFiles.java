package io.darter.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Hashes files and compares. Its argument is a list with a line per file: SHA-256 in hex, size, path. Exit code 0 if all
 * are right, 6 if one is not.
 */
final class VerifyFiles {
    private VerifyFiles() {}

    public static void main(String[] args) throws IOException {
        var wrong = 0;
        for (var line : Files.readAllLines(Path.of(args[0]))) {
            var words = line.split(" ", 3);
            var file = Path.of(words[2]);
            var size = Files.size(file);
            var hash = Sha256.hexOf(file);
            if (size != Long.parseLong(words[1]) || !hash.equals(words[0])) {
                wrong++;
                System.out.println(
                        file + " has " + size + " bytes and " + hash + " instead of " + words[1] + " and " + words[0]);
            }
        }
        System.exit(wrong == 0 ? 0 : DemoFailure.MISMATCH);
    }
}
