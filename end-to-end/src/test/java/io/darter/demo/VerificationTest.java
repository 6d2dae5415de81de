package io.darter.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
    @TempDir
    Path folder;

    @Test
    void aSeparateProcessFindsOneWrongByte() throws DemoFailure, IOException, InterruptedException {
        var right = file("right", "the same");
        var wrong = file("wrong", "the same");
        Verification.run(folder, List.of(right, wrong));
        Files.writeString(wrong.path(), "the sane");
        var failure = assertThrows(DemoFailure.class, () -> Verification.run(folder, List.of(right, wrong)));
        assertEquals(DemoFailure.MISMATCH, failure.exitCode());
        assertTrue(failure.getMessage().contains("wrong has 8 bytes"), failure.getMessage());
    }

    private Fetch.ReceivedFile file(String name, String text) throws IOException {
        var path = Files.writeString(folder.resolve(name), text);
        return new Fetch.ReceivedFile(path, Sha256.hexOf(path), Files.size(path));
    }
}
